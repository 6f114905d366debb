using System.Text;
using CsCheck;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Grammar;
using Mta.Protocol.Smtp.Server;
using Mta.Protocol.Tests.Smtp.Server;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Grammar;

/// <summary>Parameters of MAIL and RCPT, and xtext.</summary>
public sealed class ParameterTests
{
    [Fact]
    public void Xtext_goes_round() => Gen.Byte.Array[0, 60].Sample(octets =>
    {
        byte[] text = Encoding.ASCII.GetBytes(Xtext.Encode(octets));
        byte[] target = new byte[text.Length];
        int length = Xtext.Decode(text, target);
        return Xtext.IsValid(text) && target.AsSpan(0, length).SequenceEqual(octets);
    });

    [Theory]
    [InlineData("", true)]
    [InlineData("a+2Bb", true)]
    [InlineData("+", false)]
    [InlineData("+4", false)]
    [InlineData("+4x", false)]
    [InlineData("+2b", false)]
    [InlineData("a=b", false)]
    [InlineData("a b", false)]
    [InlineData("\u007f", false)]
    public void Xtext_is_what_RFC_3461_says(string text, bool valid) => Assert.Equal(valid, Xtext.IsValid(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void UTF_8_stands_for_itself_in_the_xtext_of_RFC_6533_only()
    {
        byte[] text = Encoding.UTF8.GetBytes("δοκιμή@x");

        Assert.False(Xtext.IsValid(text));
        Assert.True(Xtext.IsValidUtf8(text));
        Assert.False(Xtext.IsValidUtf8(text.AsSpan(1)));
    }

    [Fact]
    public void Parameters_reach_the_envelope()
    {
        SessionDriver driver = new SessionDriver().Start();
        driver.Send("EHLO c\r\nMAIL FROM:<\"a\"@X.example> body=8bitmime ret=full ENVID=x+20y SIZE=3 AUTH=a@b\r\nRCPT TO:<B@Y.example> notify=success,Delay ORCPT=rfc822;b+2Bc\r\n"
            + "RCPT TO:<c@y.example>\r\nRCPT TO:<d@y.example> NOTIFY=NEVER\r\nDATA\r\n.\r\n");

        Envelope envelope = Assert.Single(driver.Bodies).Envelope;
        Assert.Equal((new Address("a", "x.example"), BodyType.EightBitMime, false, DsnReturn.Full, "x+20y"),
            (envelope.ReversePath, envelope.Body, envelope.SmtpUtf8, envelope.Return, envelope.EnvelopeId));
        Assert.Equal(
            [
                new Recipient(new Address("B", "y.example"), DsnNotify.Success | DsnNotify.Delay, "rfc822;b+2Bc"),
                new Recipient(new Address("c", "y.example")),
                new Recipient(new Address("d", "y.example"), DsnNotify.Never),
            ],
            envelope.Recipients);
    }

    [Fact]
    public void One_transaction_leaves_nothing_to_the_next()
    {
        SessionDriver driver = new SessionDriver().Start();
        driver.Send("EHLO c\r\nMAIL FROM:<a@x.example> RET=FULL ENVID=x SMTPUTF8\r\nRCPT TO:<b@y.example> NOTIFY=NEVER\r\nDATA\r\n.\r\n"
            + "MAIL FROM:<>\r\nRCPT TO:<c@y.example>\r\nDATA\r\n.\r\n");

        Envelope second = driver.Bodies[1].Envelope;
        Assert.Equal((Address.Null, DsnReturn.Unspecified, null, false), (second.ReversePath, second.Return, second.EnvelopeId, second.SmtpUtf8));
        Assert.Equal([new Recipient(new Address("c", "y.example"))], second.Recipients);
    }

    [Fact]
    public void The_order_of_parameters_does_not_matter() =>
        Gen.Shuffle(new[] { "RET=HDRS", "ENVID=abc", "BODY=8BITMIME", "SMTPUTF8", "SIZE=10" }).Sample(words =>
        {
            byte[]? fault = MailParameters.Read(Encoding.ASCII.GetBytes(" " + string.Join("  ", words)), out MailParameters parameters);
            return fault is null && parameters is { Return: DsnReturn.Headers, EnvelopeId: "abc", Body: BodyType.EightBitMime, SmtpUtf8: true, Size: 10 };
        });

    [Fact]
    public void Notify_sets_go_round() => Gen.Int[1, 7].Sample(bits =>
    {
        DsnNotify notify = (DsnNotify)(bits << 1);
        string words = notify.ToString().Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        byte[]? fault = RcptParameters.Read(Encoding.ASCII.GetBytes(" NOTIFY=" + words), utf8: false, out RcptParameters parameters);
        return fault is null && parameters.Notify == notify;
    });

    [Fact]
    public void An_original_recipient_has_500_octets()
    {
        Assert.Null(RcptParameters.Read(Encoding.ASCII.GetBytes(" ORCPT=rfc822;" + new string('x', 493)), false, out _));
        Assert.NotNull(RcptParameters.Read(Encoding.ASCII.GetBytes(" ORCPT=rfc822;" + new string('x', 494)), false, out _));
    }
}
