using System.Buffers;
using System.Text;
using CsCheck;
using Mta.Protocol.Smtp.Client;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Client;

/// <summary>Whatever the peer says, in whatever pieces, in every state: the session does not throw, and comes to the same end.</summary>
public sealed class SplitTests
{
    private static readonly Gen<string> Part = Gen.OneOf(
        Splits.OneOf("220 x\r\n", "250 x\r\n", "250-x\r\n250 y\r\n", "354 x\r\n", "450 x\r\n", "452 4.5.3 x\r\n", "550 x\r\n", "421 x\r\n", "334 x\r\n"),
        Gen.Byte.Array[0, 8].Select(b => Encoding.Latin1.GetString(b)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void From_the_greeting(bool lmtp) => Check(lmtp, (session, _) => Assert.Equal(ClientState.Greeting, session.State));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void From_the_first_flight(bool lmtp) => Check(lmtp, Begin);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void From_the_final_dot(bool lmtp) => Check(lmtp, (session, output) =>
    {
        Begin(session, output);
        Assert.IsType<ClientEffect.SendBody>(new Peer(session, output).Say("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"));
        session.BodySent(output);
    });

    [Fact]
    public void From_the_lone_dot_with_a_second_message_waiting() => Check(false, (session, output) =>
    {
        Begin(session, output);
        Assert.IsType<ClientEffect.SendBody>(new Peer(session, output).Say("250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n"));
        session.BodySent(output);
        session.BeginTransaction(Dialogues.Message("c@x.net"), output);
    });

    private static void Begin(ClientSession session, ArrayBufferWriter<byte> output)
    {
        Assert.IsType<ClientEffect.Ready>(new Peer(session, output).Say("220 x\r\n250-x\r\n250 PIPELINING\r\n"));
        session.BeginTransaction(Dialogues.Message("a@x.net", "b@x.net"), output);
    }

    private static void Check(bool lmtp, Action<ClientSession, ArrayBufferWriter<byte>> prepare) =>
        Gen.Select(Part.Array[0, 10], Gen.Int[0, 100].Array[0, 5]).Sample((parts, cuts) =>
        {
            var bytes = Encoding.Latin1.GetBytes(string.Concat(parts));
            var whole = Drive(lmtp, prepare, [bytes]);
            Assert.Equal(whole, Drive(lmtp, prepare, Splits.At(bytes, cuts)));
            Assert.Equal(whole, Drive(lmtp, prepare, [.. bytes.Select(b => new[] { b })]));
        });

    // What a peer says before it is asked is judged by when it comes, so nothing new is begun here on the way.
    private static string Drive(bool lmtp, Action<ClientSession, ArrayBufferWriter<byte>> prepare, byte[][] pieces)
    {
        var session = new ClientSession((lmtp ? Dialogues.LmtpOptions : Dialogues.SmtpOptions) with { Tls = ClientTlsMode.None });
        var output = new ArrayBufferWriter<byte>();
        var log = new StringBuilder();
        prepare(session, output);
        foreach (var piece in pieces)
        {
            var input = new ReadOnlySequence<byte>(piece);
            while (session.Advance(ref input, output) is ClientEffect.TransactionDone done) log.AppendJoin(' ', done.Result.Outcomes).Append('\n');
        }
        session.Break(BreakCause.PeerClosed, "the end");
        var none = ReadOnlySequence<byte>.Empty;
        ClientEffect end;
        while ((end = session.Advance(ref none, output)) is ClientEffect.TransactionDone done) log.AppendJoin(' ', done.Result.Outcomes).Append('\n');
        return log.Append(end).Append(Encoding.UTF8.GetString(output.WrittenSpan)).ToString();
    }
}
