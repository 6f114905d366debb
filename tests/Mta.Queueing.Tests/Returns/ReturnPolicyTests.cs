using Mta.Protocol.Smtp;
using Mta.Queueing.Returns;

namespace Mta.Queueing.Tests.Returns;

public sealed class ReturnPolicyTests
{
    private static readonly Envelope FromSender = new(new Address("sender", "example.org"), []);

    [Theory]
    [InlineData(DsnNotify.Unspecified, true, true, false)]
    [InlineData(DsnNotify.Never, false, false, false)]
    [InlineData(DsnNotify.Failure, true, false, false)]
    [InlineData(DsnNotify.Delay, false, true, false)]
    [InlineData(DsnNotify.Success, false, false, true)]
    [InlineData(DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay, true, true, true)]
    public void A_sender_is_told_what_it_asked_for(DsnNotify notify, bool failure, bool delay, bool success)
    {
        var recipient = Make.To("a", notify);
        Assert.Equal(failure, ReturnPolicy.IsWanted(FromSender, recipient, ReturnAction.Failed));
        Assert.Equal(delay, ReturnPolicy.IsWanted(FromSender, recipient, ReturnAction.Delayed));
        Assert.Equal(success, ReturnPolicy.IsWanted(FromSender, recipient, ReturnAction.Delivered));
        Assert.Equal(success, ReturnPolicy.IsWanted(FromSender, recipient, ReturnAction.Relayed));
    }

    [Fact]
    public void A_null_reverse_path_is_told_nothing()
    {
        var fromNull = FromSender with { ReversePath = Address.Null };
        var recipient = Make.To("a", DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay);
        Assert.All(Enum.GetValues<ReturnAction>(), action => Assert.False(ReturnPolicy.IsWanted(fromNull, recipient, action)));
    }

    [Fact]
    public void A_status_is_the_peers_own_or_says_only_its_class()
    {
        Assert.Equal("5.1.1", ReturnPolicy.StatusOf(Make.Reply(550, enhanced: new EnhancedCode(5, 1, 1))).ToString());
        Assert.Equal("5.0.0", ReturnPolicy.StatusOf(Make.Reply(554)).ToString());
        Assert.Equal("4.0.0", ReturnPolicy.StatusOf(Make.Reply(421)).ToString());
    }
}
