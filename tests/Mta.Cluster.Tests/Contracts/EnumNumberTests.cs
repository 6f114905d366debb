using System.Globalization;
using Mta.Cluster.Delivery;
using Mta.Cluster.Events;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>Enumerations travel and are kept as numbers: a number is never given to another name, and a new name is added here with its number.</summary>
public sealed class EnumNumberTests
{
    [Theory]
    [InlineData(typeof(DeferralReason),
        "None=0 DnsFailure=1 HostUnreachable=2 GreetingRefused=3 TlsFailed=4 AuthenticationFailed=5 SenderDeferred=6 RecipientDeferred=7 "
        + "ContentDeferred=8 ConnectionLost=9 PeerTimeout=10 InDoubt=11 LocalError=12 NodeLost=13 LoopDetected=14")]
    [InlineData(typeof(DsnNotify), "Unspecified=0 Never=1 Success=2 Failure=4 Delay=8")]
    [InlineData(typeof(DsnReturn), "Unspecified=0 Full=1 Headers=2")]
    [InlineData(typeof(BodyType), "SevenBit=0 EightBitMime=1")]
    [InlineData(typeof(DeliveryTransport), "Smtp=0 Lmtp=1 LmtpUnix=2 Maildir=3")]
    [InlineData(typeof(TlsPolicy), "Opportunistic=0 None=1 Require=2 Verify=3 Implicit=4")]
    [InlineData(typeof(MailEventKind), "Received=0 Delivered=1 Deferred=2 Bounced=3")]
    public void Numbers_never_change(Type type, string numbers)
    {
        var actual = Enum.GetNames(type).Select(name => $"{name}={Convert.ToInt32(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");
        Assert.Equal(numbers, string.Join(' ', actual));
    }
}
