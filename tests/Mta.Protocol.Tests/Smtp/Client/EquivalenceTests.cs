using System.Buffers;
using System.Globalization;
using System.Text;
using CsCheck;
using Mta.Protocol.Smtp.Client;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Client;

/// <summary>However the commands are sent, one by one, pipelined, overlapping or with BDAT, the same answers come to the same outcomes.</summary>
public sealed class EquivalenceTests
{
    /// <summary>What the server answers for one message.</summary>
    private sealed record Answers(int Mail, int First, int Second, int Final)
    {
        public int Rcpt(string address) => address.Contains("one", StringComparison.Ordinal) ? First : Second;
    }

    [Fact]
    public void The_way_of_sending_does_not_change_the_outcomes()
    {
        int[] codes = [250, 250, 450, 550];
        var code = Gen.Int[0, 3].Select(i => codes[i]);
        var answers = Gen.Select(code, code, code, code, (m, a, b, f) => new Answers(m, a, b, f));
        Gen.Select(answers.Array[1, 4], Gen.Bool).Sample((all, goAhead) =>
        {
            var plain = Run(all, goAhead, "");
            Assert.Equal(plain, Run(all, goAhead, "250-PIPELINING\r\n"));
            Assert.Equal(plain, Run(all, goAhead, "250-PIPELINING\r\n", overlap: true));
            Assert.Equal(plain, Run(all, goAhead, "250-CHUNKING\r\n"));
            Assert.Equal(plain, Run(all, goAhead, "250-CHUNKING\r\n250-PIPELINING\r\n"));
            Assert.Equal(plain, Run(all, goAhead, "250-CHUNKING\r\n250-PIPELINING\r\n", overlap: true));
        });
    }

    private static string Run(Answers[] answers, bool goAhead, string keywords, bool overlap = false)
    {
        var session = new ClientSession(Dialogues.SmtpOptions);
        var output = new ArrayBufferWriter<byte>();
        var server = new Server(answers, goAhead, keywords);
        var words = new List<string>();
        var begun = 0;
        var said = "220 x\r\n";
        while (said.Length > 0 || !session.CanBegin || begun < answers.Length)
        {
            var input = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(said));
            bool more;
            do more = Carry(session.Advance(ref input, output)); while (more);
            if (words.Count == answers.Length) break;
            said = server.Hear(Encoding.ASCII.GetString(output.WrittenSpan));
            Assert.True(said.Length > 0, "client and server wait for each other");
            output.Clear();
        }
        return string.Join('|', words);

        bool Carry(ClientEffect effect)
        {
            if (effect is ClientEffect.NeedInput) return false;
            if (effect is ClientEffect.TransactionDone done) words.Add(string.Join(' ', done.Result.Outcomes.Select(Dialogues.Word)));
            else if (effect is ClientEffect.Ready && begun < answers.Length) Begin();
            else if (effect is ClientEffect.Ready) return false;
            else
            {
                var body = Assert.IsType<ClientEffect.SendBody>(effect);
                body.Framing.Write(Encoding.ASCII.GetBytes(Dialogues.Content), output);
                session.BodySent(output);
                if (overlap && begun < answers.Length && session.CanBegin) Begin();
            }
            return true;
        }

        void Begin() => session.BeginTransaction(Dialogues.Message($"one@{begun++}.net", "two@x.net"), output);
    }

    /// <summary>A server of RFC 5321's order of commands. Which message a MAIL is for is counted by the MAILs.</summary>
    private sealed class Server(Answers[] answers, bool goAhead, string keywords)
    {
        private readonly StringBuilder _said = new();
        private Answers? _open;
        private int _mails;
        private int _accepted;
        private bool _inData;

        public string Hear(string text)
        {
            _said.Clear();
            while (text.Length > 0)
            {
                var end = text.IndexOf("\r\n", StringComparison.Ordinal) + 2;
                var line = text[..(end - 2)];
                text = text[end..];
                if (line.StartsWith("BDAT ", StringComparison.Ordinal)) text = text[int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)..];
                if (!_inData) Command(line);
                else if (line == ".") Content();
            }
            return _said.ToString();
        }

        private void Command(string line)
        {
            switch (line[..4])
            {
                case "EHLO":
                    Say($"250-x\r\n{keywords}250 HELP");
                    break;
                case "RSET":
                    _open = null;
                    Say("250 ok");
                    break;
                case "MAIL":
                    Assert.Null(_open);
                    var answer = answers[_mails++];
                    if (answer.Mail == 250) _open = answer;
                    _accepted = 0;
                    Say($"{answer.Mail} ok");
                    break;
                case "RCPT" when _open is not null:
                    if (_open.Rcpt(line) == 250) _accepted++;
                    Say($"{_open.Rcpt(line)} ok");
                    break;
                case "DATA" when _open is not null && (_accepted > 0 || goAhead):
                    _inData = true;
                    Say("354 go");
                    break;
                case "BDAT" when _open is not null && _accepted > 0:
                    Content();
                    break;
                default:
                    Say("503 out of order");
                    break;
            }
        }

        private void Content()
        {
            _inData = false;
            Say($"{(_accepted > 0 ? _open!.Final : 554)} ok");
            _open = null;
        }

        private void Say(string line) => _said.Append(line).Append("\r\n");
    }
}
