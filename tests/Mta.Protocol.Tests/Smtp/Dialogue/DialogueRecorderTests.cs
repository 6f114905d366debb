using System.Text;
using Mta.Protocol.Smtp.Dialogue;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Dialogue;

/// <summary>What a dialogue looks like to one who watches: the same however it is split, and never with a secret in it.</summary>
public sealed class DialogueRecorderTests
{
    // Base64 of "tanstaaftanstaaf" and of PLAIN's response with it: what must not be seen, in whatever form.
    private const string Password = "tanstaaftanstaaf";
    private const string Encoded = "dGFuc3RhYWZ0YW5zdGFhZg==";
    private const string Plain = "AHRpbQB0YW5zdGFhZnRhbnN0YWFm";

    public static TheoryData<string, string, string> Transcripts => new()
    {
        {
            "a message, and what follows",
            """
            S: 220 mx.example.com ESMTP
            C: EHLO client.example.org
            S: 250-mx.example.com
            S: 250 PIPELINING
            C: MAIL FROM:<a@example.org> SIZE=100
            C: RCPT TO:<b@example.com>
            C: DATA
            S: 250 2.1.0 Sender ok
            S: 250 2.1.5 Recipient ok
            S: 354 Go ahead
            C: Subject: tanstaaftanstaaf
            C:
            C: ..QUIT
            C: .
            S: 250 2.0.0 Ok
            C: QUIT
            S: 221 2.0.0 Bye
            """,
            """
            S 220 mx.example.com ESMTP
            C EHLO client.example.org
            S 250-mx.example.com
            S 250 PIPELINING
            C MAIL FROM:<a@example.org> SIZE=100
            C RCPT TO:<b@example.com>
            C DATA
            S 250 2.1.0 Sender ok
            S 250 2.1.5 Recipient ok
            S 354 Go ahead
            C (content, 37 octets)
            S 250 2.0.0 Ok
            C QUIT
            S 221 2.0.0 Bye
            """
        },
        {
            "an empty message, and chunks with commands behind them",
            """
            C: DATA
            S: 354 Go ahead
            C: .
            S: 250 Ok
            C: BDAT 18
            C: tanstaaftanstaaf
            C: BDAT 0 LAST
            S: 250 Ok
            S: 250 Ok
            C: BDAT x
            S: 501 5.5.4 Bad
            C: NOOP
            S: 250 Ok
            """,
            """
            C DATA
            S 354 Go ahead
            C (content, 0 octets)
            S 250 Ok
            C BDAT 18
            C (content, 18 octets)
            C BDAT 0 LAST
            S 250 Ok
            S 250 Ok
            C BDAT x
            S 501 5.5.4 Bad
            C NOOP
            S 250 Ok
            """
        },
        {
            "PLAIN with an initial response",
            $"""
            C: AUTH PLAIN {Plain}
            S: 235 2.7.0 Authenticated
            C: MAIL FROM:<a@example.org>
            S: 250 Ok
            """,
            """
            C AUTH PLAIN (not shown)
            S 235 2.7.0 Authenticated
            C MAIL FROM:<a@example.org>
            S 250 Ok
            """
        },
        {
            "PLAIN after a challenge",
            $"C: auth plain\nS: 334 \nC: {Plain}\nS: 535 5.7.8 No\nC: QUIT",
            "C AUTH PLAIN\nS 334 (not shown)\nC (not shown)\nS 535 5.7.8 No\nC QUIT"
        },
        {
            "LOGIN",
            $"C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dGlt\nS: 334 UGFzc3dvcmQ6\nC: {Encoded}\nS: 235 Ok\nC: RSET\nS: 250 Ok",
            "C AUTH LOGIN\nS 334 (not shown)\nC (not shown)\nS 334 (not shown)\nC (not shown)\nS 235 Ok\nC RSET\nS 250 Ok"
        },
        {
            "LOGIN with the user in the command",
            $"C: AUTH LOGIN dGlt\nS: 334 UGFzc3dvcmQ6\nC: {Encoded}\nS: 235 Ok",
            "C AUTH LOGIN (not shown)\nS 334 (not shown)\nC (not shown)\nS 235 Ok"
        },
        {
            "LOGIN of a client that waits for nothing",
            $"C: EHLO x\nC: AUTH LOGIN\nC: dGlt\nC: {Encoded}\nS: 250 Ok\nS: 334 VXNlcm5hbWU6\nS: 334 UGFzc3dvcmQ6\nS: 235 Ok\nC: NOOP\nS: 250 Ok",
            "C EHLO x\nC AUTH LOGIN\nC (not shown)\nC (not shown)\nS 250 Ok\nS 334 (not shown)\nS 334 (not shown)\nS 235 Ok\nC NOOP\nS 250 Ok"
        },
        {
            "a client that goes on with its password where it was refused",
            $"C: AUTH LOGIN\nS: 503 5.5.1 Not now\nC: dGlt\nS: 500 Unknown\nC: {Encoded}\nS: 500 Unknown\nC: {Password}\nS: 500 Unknown\nC: QUIT",
            "C AUTH LOGIN\nS 503 5.5.1 Not now\nC (no command, not shown)\nS 500 Unknown\nC (no command, not shown)\nS 500 Unknown\nC (no command, not shown)\nS 500 Unknown\nC QUIT"
        },
        {
            "CRAM-MD5",
            $"C: AUTH CRAM-MD5\nS: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\nC: dGltIGI5MTNhNjAy\nS: 235 Ok",
            "C AUTH CRAM-MD5\nS 334 (not shown)\nC (not shown)\nS 235 Ok"
        },
        {
            "SCRAM-SHA-256",
            "C: AUTH SCRAM-SHA-256 biwsbj10aW0scj1yT3ByTkdmd0ViZVJXZ2JORWtxTw==\nS: 334 cj1yT3ByTkdmd0ViZQ==\nC: Yz1iaXdzLHI9ck9wck5HZndF\nS: 334 dj02cnJpVFJCaTIz\nC:\nS: 235 Ok\nC: NOOP",
            "C AUTH SCRAM-SHA-256 (not shown)\nS 334 (not shown)\nC (not shown)\nS 334 (not shown)\nC (not shown)\nS 235 Ok\nC NOOP"
        },
        {
            "an exchange that is cancelled",
            "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 5.7.0 Cancelled\nC: QUIT",
            "C AUTH LOGIN\nS 334 (not shown)\nC (not shown)\nS 501 5.7.0 Cancelled\nC QUIT"
        },
        {
            "a password in place of the mechanism",
            $"C: AUTH {Password}{Password}\nS: 504 No\nC: AUTH  PLAIN  {Plain}\nS: 504 No\nC: AUTH\nS: 501 No",
            "C AUTH (not shown)\nS 504 No\nC AUTH PLAIN (not shown)\nS 504 No\nC AUTH (not shown)\nS 501 No"
        },
        {
            "what steers a terminal",
            "C: NOOP \u001b[2J\nS: 250 \u0007done\u202e\nC: GET / HTTP/1.1\nS: 500 What",
            "C NOOP \\u001b[2J\nS 250 \\u0007done\\u202e\nC (no command, not shown)\nS 500 What"
        },
    };

    [Theory]
    [MemberData(nameof(Transcripts))]
    public void A_dialogue_is_shown_without_its_secrets_however_it_is_split(string name, string said, string shown)
    {
        Assert.NotEmpty(name);
        var turns = Turns(said);
        Assert.Equal(Lines(shown), Play(turns, pieces => [pieces]));
        Assert.Equal(Lines(shown), Play(turns, pieces => pieces.Select(b => new[] { b })));
        // At every place once.
        for (var at = 1; at < turns.Max(t => t.Octets.Length); at++)
            Assert.Equal(Lines(shown), Play(turns, octets => at < octets.Length ? [octets[..at], octets[at..]] : [octets]));
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_no_secret_is_shown()
    {
        byte[][] client = [.. new[] { "AUTH PLAIN\r\n", $"AUTH PLAIN {Plain}\r\n", "AUTH LOGIN\r\n", $"{Encoded}\r\n", $"{Password}\r\n", "DATA\r\n", ".\r\n", "BDAT 30\r\n", "RSET\r\n", "EHLO x\r\n" }.Select(Encoding.ASCII.GetBytes)];
        byte[][] server = [.. new[] { "334 x\r\n", "354 x\r\n", "250 x\r\n", "235 x\r\n", "535 x\r\n", "500-x\r\n" }.Select(Encoding.ASCII.GetBytes)];
        Random random = new(42);
        for (var run = 0; run < 2000; run++)
        {
            List<DialogueLine> lines = [];
            DialogueRecorder recorder = new(lines.Add);
            for (var step = 0; step < 30; step++)
            {
                var isClient = random.Next(3) > 0;
                var next = isClient ? client[random.Next(client.Length)] : server[random.Next(server.Length)];
                var cut = random.Next(next.Length);
                foreach (var piece in new[] { next[..cut], next[cut..] })
                {
                    if (isClient)
                        recorder.Client(piece);
                    else
                        recorder.Server(piece);
                }
            }
            recorder.End();
            Assert.All(lines, line => Assert.False(
                line.Text.Contains(Password, StringComparison.Ordinal) || line.Text.Contains(Encoded[..8], StringComparison.Ordinal) || line.Text.Contains(Plain[..8], StringComparison.Ordinal), line.Text));
        }
    }

    [Fact]
    public void Tls_begins_the_dialogue_anew()
    {
        List<DialogueLine> lines = [];
        DialogueRecorder recorder = new(lines.Add);
        recorder.Client("STARTTLS\r\nNOOP half"u8);
        recorder.Server("220 Go ahead\r\n"u8);
        recorder.TlsStarted("TLS1.3 TLS_AES_128_GCM_SHA256");
        recorder.Client("EHLO x\r\n"u8);
        Assert.Equal(["STARTTLS", "220 Go ahead", "TLS: TLS1.3 TLS_AES_128_GCM_SHA256", "EHLO x"], lines.Select(l => l.Text));
    }

    [Fact]
    public void A_long_line_is_cut_and_a_dialogue_that_breaks_off_says_so()
    {
        List<DialogueLine> lines = [];
        DialogueRecorder recorder = new(lines.Add);
        recorder.Client(Encoding.ASCII.GetBytes($"NOOP {new string('x', 100_000)}\r\n"));
        Assert.EndsWith("x… (100005 octets)", Assert.Single(lines).Text, StringComparison.Ordinal);
        Assert.InRange(lines[0].Text.Length, 500, 600);
        recorder.Client("DATA\r\n"u8);
        recorder.Server("354 Go\r\n"u8);
        recorder.Client("half of a message"u8);
        recorder.End();
        Assert.Equal(("(broke off, 17 octets)", 17L), (lines[^1].Text, lines[^1].Octets));
    }

    private static List<(bool IsClient, byte[] Octets)> Turns(string said)
    {
        List<(bool IsClient, byte[] Octets)> turns = [];
        foreach (var line in Lines(said))
        {
            var octets = Encoding.UTF8.GetBytes($"{(line.Length > 3 ? line[3..] : "")}\r\n");
            if (turns.Count > 0 && turns[^1].IsClient == (line[0] == 'C'))
                turns[^1] = (turns[^1].IsClient, [.. turns[^1].Octets, .. octets]);
            else
                turns.Add((line[0] == 'C', octets));
        }
        return turns;
    }

    private static List<string> Play(List<(bool IsClient, byte[] Octets)> turns, Func<byte[], IEnumerable<byte[]>> split)
    {
        List<string> lines = [];
        DialogueRecorder recorder = new(line => lines.Add($"{line.From.ToString()[0]} {line.Text}"));
        foreach (var (isClient, octets) in turns)
        {
            foreach (var piece in split(octets))
            {
                if (isClient)
                    recorder.Client(piece);
                else
                    recorder.Server(piece);
            }
        }
        recorder.End();
        return lines;
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n');
}
