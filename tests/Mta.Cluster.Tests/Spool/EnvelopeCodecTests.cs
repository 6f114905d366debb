using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Labels;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>The blobs of the tables: bytes that earlier versions wrote stay readable, so the golden bytes are never edited.</summary>
public sealed class EnvelopeCodecTests
{
    private static readonly Recipient[] Recipients =
    [
        new(new Address("anna", "a.example"), DsnNotify.Success | DsnNotify.Delay, "rfc822;anna+40a.example"),
        new(new Address("\"b b\"", "b.example"), DsnNotify.Never),
        new(new Address("δοκιμή", "xn--jxalpdlp.example")),
    ];

    private static readonly Envelope Full = new(
        new Address("sender", "example.org"), [.. Recipients], BodyType.EightBitMime, true, DsnReturn.Headers, "QQ+2B314159");

    [Fact]
    public void Golden_envelope() => Assert.Equal(Golden("envelope.v1.hex"), Hex(EnvelopeCodec.WriteEnvelope(Full, hasEightBit: true)));

    [Fact]
    public void Golden_envelope_with_labels()
    {
        var labelled = Full with { Labels = new MailLabels("acme", "spring", "1@example.org") };
        Assert.Equal(Golden("envelope.v1-labelled.hex"), Hex(EnvelopeCodec.WriteEnvelope(labelled, hasEightBit: true)));
        var read = EnvelopeCodec.ReadEnvelope(Convert.FromHexString(Golden("envelope.v1-labelled.hex")), Convert.FromHexString(Golden("recipients.v1.hex"))).Envelope;
        Assert.Equal(labelled with { Recipients = read.Recipients }, read);
    }

    [Fact]
    public void Golden_recipients() => Assert.Equal(Golden("recipients.v1.hex"), Hex(EnvelopeCodec.WriteRecipients([.. Recipients])));

    [Fact]
    public void Golden_bytes_are_read_as_they_were_meant()
    {
        var (envelope, hasEightBit) = EnvelopeCodec.ReadEnvelope(
            Convert.FromHexString(Golden("envelope.v1.hex")), Convert.FromHexString(Golden("recipients.v1.hex")));
        Assert.True(hasEightBit);
        Assert.Equal(Recipients, envelope.Recipients);
        Assert.Equal(Full with { Recipients = envelope.Recipients }, envelope);
    }

    [Fact]
    public void Fields_of_a_later_version_are_passed_over()
    {
        // Field 99, length-delimited, one octet.
        byte[] later = [.. EnvelopeCodec.WriteEnvelope(Full, false), 0x9A, 0x06, 0x01, 0xFF];
        var (envelope, hasEightBit) = EnvelopeCodec.ReadEnvelope(later, EnvelopeCodec.WriteRecipients([.. Recipients]));
        Assert.False(hasEightBit);
        Assert.Equal("QQ+2B314159", envelope.EnvelopeId);
    }

    private static string Golden(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Spool", "Golden", file)).Trim();

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
