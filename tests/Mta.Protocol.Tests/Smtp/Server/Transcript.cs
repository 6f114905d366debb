using System.Globalization;
using System.Text;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Server;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>
/// A dialogue in a file. <c>C: </c> is a line from the client and <c>S: </c> one from the server, both ended by CRLF; <c>c: </c> is sent without a
/// line end; <c># </c> is a comment, <c>#! key=value …</c> sets the session up. <c>M: </c> is a line of the last message that was taken.
/// </summary>
public sealed class Transcript
{
    private readonly List<(char Side, string Text)> _lines = [];
    private readonly Dictionary<string, string> _settings = [];

    private Transcript()
    {
    }

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Smtp", "Server", "Transcripts");

    /// <summary>STARTTLS throws away what is pipelined behind it, so such a dialogue cannot be sent in one piece.</summary>
    public bool CanBeSentWhole => !_lines.Any(l => l is { Side: 'C', Text: "STARTTLS" });

    public string Expected => Side('S');

    public string Client => Side('C');

    public string Message => Side('M');

    public static Transcript Read(string name)
    {
        Transcript transcript = new();
        foreach (string line in File.ReadAllLines(Path.Combine(Folder, name)))
        {
            if (line.StartsWith("#!", StringComparison.Ordinal))
                transcript.Configure(line[2..]);
            else if (line.Length >= 2 && line[1] == ':')
                transcript._lines.Add((line[0], line.Length > 3 ? line[3..] : ""));
            else if (line.Length > 0 && line[0] != '#')
                throw new InvalidDataException($"{name}: cannot read '{line}'.");
        }
        return transcript;
    }

    /// <summary>What the client says, cut where it waits for an answer.</summary>
    public IEnumerable<byte[]> Turns()
    {
        StringBuilder turn = new();
        foreach ((char side, string text) in _lines)
        {
            if (side == 'S' && turn.Length > 0)
            {
                yield return Octets(turn.ToString());
                turn.Clear();
            }
            if (side is 'C' or 'c')
                turn.Append(text).Append(side == 'C' ? "\r\n" : "");
        }
        if (turn.Length > 0)
            yield return Octets(turn.ToString());
    }

    public SessionDriver NewDriver()
    {
        ServerSessionOptions options = new()
        {
            MaxMessageBytes = Number("size", 100_000),
            MaxRecipients = (int)Number("recipients", 100),
            MaxMessages = (int)Number("messages", 100),
            MaxErrors = (int)Number("errors", 20),
            RequireTls = _settings.ContainsKey("require-tls"),
        };
        ListenerKind kind = Enum.Parse<ListenerKind>(_settings.GetValueOrDefault("listener", "relay"), ignoreCase: true);
        SmtpReply? refusal = _settings.TryGetValue("refuse", out string? code)
            ? new SmtpReply(int.Parse(code, CultureInfo.InvariantCulture), EnhancedCode.None, "mx.here.example does not serve you") : null;
        return new SessionDriver(options, kind, _settings.ContainsKey("tls"), refusal, _settings.ContainsKey("sasl")).Start();
    }

    private long Number(string key, long otherwise) =>
        _settings.TryGetValue(key, out string? value) ? long.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    private void Configure(string text)
    {
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            _settings[word.Split('=')[0]] = word.Split('=')[^1];
    }

    private string Side(char side) => Latin(string.Concat(_lines
        .Where(l => char.ToUpperInvariant(l.Side) == side)
        .Select(l => l.Text + (l.Side == 'c' ? "" : "\r\n"))));

    private static string Latin(string text) => Encoding.Latin1.GetString(Octets(text));

    private static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text);
}
