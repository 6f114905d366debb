using Mta.Protocol.DeliveryStatus;
using Mta.Protocol.Smtp;
using Xunit;

namespace Mta.Protocol.Tests.DeliveryStatus;

public sealed class DsnPolicyTests
{
    private static readonly Address Sender = new("from", "example.org");

    [Theory]
    [InlineData(DsnNotify.Unspecified, DsnAction.Failed, true)]
    [InlineData(DsnNotify.Unspecified, DsnAction.Delivered, false)]
    [InlineData(DsnNotify.Unspecified, DsnAction.Relayed, false)]
    [InlineData(DsnNotify.Never, DsnAction.Failed, false)]
    [InlineData(DsnNotify.Never, DsnAction.Delayed, false)]
    [InlineData(DsnNotify.Success, DsnAction.Failed, false)]
    [InlineData(DsnNotify.Success, DsnAction.Delivered, true)]
    [InlineData(DsnNotify.Success, DsnAction.Relayed, true)]
    [InlineData(DsnNotify.Success, DsnAction.Expanded, true)]
    [InlineData(DsnNotify.Success | DsnNotify.Failure, DsnAction.Failed, true)]
    [InlineData(DsnNotify.Failure, DsnAction.Delayed, false)]
    [InlineData(DsnNotify.Delay, DsnAction.Delayed, true)]
    [InlineData(DsnNotify.Delay, DsnAction.Failed, false)]
    public void NOTIFY_says_who_is_reported(DsnNotify notify, DsnAction action, bool reported)
    {
        Assert.Equal(reported, DsnPolicy.IsReported(Sender, notify, action, warnOfDelay: true));
        Assert.False(DsnPolicy.IsReported(Address.Null, notify, action, warnOfDelay: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_NOTIFY_the_configuration_decides_on_delays(bool warn) =>
        Assert.Equal(warn, DsnPolicy.IsReported(Sender, DsnNotify.Unspecified, DsnAction.Delayed, warn));

    [Fact]
    public void Only_the_reported_recipients_are_selected_in_their_order()
    {
        DsnRecipient[] all = [Failed("a", DsnNotify.Unspecified), Failed("b", DsnNotify.Never), Failed("c", DsnNotify.Failure)];

        Assert.Equal([all[0], all[2]], DsnPolicy.Select(Sender, all, warnOfDelay: false));
        Assert.Empty(DsnPolicy.Select(Address.Null, all, warnOfDelay: true));
    }

    private static DsnRecipient Failed(string name, DsnNotify notify) =>
        new(new Recipient(new Address(name, "example.net"), notify), DsnAction.Failed, new EnhancedCode(5, 0, 0));
}
