using System.Buffers;
using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Server;

namespace Mta.Benchmarks.Smtp;

/// <summary>The parser: whole transactions through the server session, commands and content in memory.</summary>
[MemoryDiagnoser]
public class ServerSessionBenchmarks
{
    private const int Transactions = 100;
    private readonly Discard _output = new();
    private readonly Discard _body = new();
    private byte[] _input = [];

    [Params(2_000, 100_000)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var text = new StringBuilder("MAIL FROM:<sender@example.org> SIZE=2000 BODY=8BITMIME\r\nRCPT TO:<recipient@example.com>\r\nDATA\r\n");
        while (text.Length < Size)
            text.Append("All happy families are alike; each unhappy family is unhappy in its own way.\r\n");
        text.Append(".\r\n");
        _input = Encoding.ASCII.GetBytes("EHLO client.example\r\n" + string.Concat(Enumerable.Repeat(text.ToString(), Transactions)));
    }

    [Benchmark(OperationsPerInvoke = Transactions)]
    public int Transaction()
    {
        var session = new ServerSession(new ServerSessionOptions { MaxMessages = Transactions }, new ServerSessionContext
        {
            Listener = ListenerKind.Relay,
            HostName = "mx.example.net",
            ClientAddress = IPAddress.Loopback,
            Policy = new TakeAll(),
        });
        session.Start(_output);
        var input = new ReadOnlySequence<byte>(_input);
        var messages = 0;
        while (true)
        {
            switch (session.Advance(ref input, _output, _body))
            {
                case ServerEffect.BeginMessage:
                    session.MessageBegun(_output);
                    break;
                case ServerEffect.EndMessage:
                    session.Accepted("0123456789", _output);
                    messages++;
                    break;
                case ServerEffect.Flush:
                    break;
                default:
                    return messages == Transactions ? messages : throw new InvalidOperationException($"{messages} messages");
            }
        }
    }

    private sealed class TakeAll : IRecipientPolicy
    {
        public SmtpReply? CheckSender(in PolicyClient client, Address reversePath) => null;

        public SmtpReply? CheckRecipient(in PolicyClient client, Address reversePath, Address recipient) => null;
    }
}
