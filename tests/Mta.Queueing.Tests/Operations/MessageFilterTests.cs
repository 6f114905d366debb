using Mta.Protocol.Smtp;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;
using static Mta.Queueing.Tests.Make;

namespace Mta.Queueing.Tests.Operations;

/// <summary>Which mail a filter means.</summary>
public sealed class MessageFilterTests
{
    private static readonly RefDeferred Deferral = new(Id(1), 2, T0.AddHours(1), DeferralReason.RecipientDeferred, Reply(451, "Greylisted, try later", new EnhancedCode(4, 7, 1)));

    public static TheoryData<MessageFilter, bool, bool> Filters => new()
    {
        { MessageFilter.All, true, true },
        { MessageFilter.All with { Domains = "example.com" }, true, true },
        { MessageFilter.All with { Domains = "*.example.com" }, false, false },
        { MessageFilter.All with { AcceptedBefore = T0 }, false, false },
        { MessageFilter.All with { AcceptedBefore = T0.AddTicks(1) }, true, true },
        { MessageFilter.All with { Reason = DeferralReason.RecipientDeferred }, true, false },
        { MessageFilter.All with { Reason = DeferralReason.PeerTimeout }, false, false },
        { MessageFilter.All with { Reply = "greylisted" }, true, false },
        { MessageFilter.All with { Reply = "451 4.7.1" }, true, false },
        { MessageFilter.All with { Reply = "quota" }, false, false },
        { MessageFilter.All with { Message = Message(1).ToString() }, true, true },
        { MessageFilter.All with { Message = Message(2).ToString() }, false, false },
        { MessageFilter.All with { Domains = "example.com", Reply = "quota" }, false, false },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void What_is_given_must_hold(MessageFilter filter, bool whereDeferred, bool whereFresh)
    {
        Assert.False(filter.NeedsEnvelope);
        Assert.Equal(whereDeferred, filter.MayMatch(Id(1), Queue, T0, Deferral));
        Assert.Equal(whereFresh, filter.MayMatch(Id(1), Queue, T0, null));
        Assert.True(filter.Matches(Ref(1).Envelope));
    }

    [Theory]
    [InlineData("sender@example.org", "", true)]
    [InlineData("SENDER@EXAMPLE.ORG", "", true)]
    [InlineData("other@example.org", "", false)]
    [InlineData("*@example.org", "", true)]
    [InlineData("*@example.com", "", false)]
    [InlineData("<>", "", false)]
    [InlineData("", "two@example.com", true)]
    [InlineData("", "three@example.com", false)]
    [InlineData("*@example.org", "two@example.com", true)]
    [InlineData("*@example.net", "two@example.com", false)]
    public void An_envelope_decides_by_sender_and_any_recipient(string sender, string recipient, bool isMeant)
    {
        var filter = MessageFilter.All with { Sender = sender, Recipient = recipient };
        Assert.True(filter.NeedsEnvelope);
        Assert.Equal(isMeant, filter.Matches(Ref(1, To("one"), To("two")).Envelope));
    }

    [Fact]
    public void The_null_sender_has_a_name_of_its_own()
    {
        Assert.True((MessageFilter.All with { Sender = "<>" }).Matches(Ref(1).FromNull().Envelope));
        Assert.False((MessageFilter.All with { Sender = "*@example.org" }).Matches(Ref(1).FromNull().Envelope));
    }
}
