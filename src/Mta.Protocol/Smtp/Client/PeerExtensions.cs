using System.Collections.Immutable;
using System.Globalization;

namespace Mta.Protocol.Smtp.Client;

/// <summary>What the peer said of itself in its reply to EHLO or LHLO (RFC 5321 §4.1.1.1). Unknown keywords are ignored.</summary>
public sealed record PeerExtensions
{
    /// <summary>Nothing offered: a peer that speaks HELO only, or has not yet spoken.</summary>
    public static PeerExtensions None { get; } = new();

    /// <summary>The peer's name, the first word of the reply. Not yet escaped.</summary>
    public string Name { get; init; } = "";

    /// <summary>PIPELINING (RFC 2920).</summary>
    public bool Pipelining { get; init; }

    /// <summary>SIZE (RFC 1870).</summary>
    public bool Size { get; init; }

    /// <summary>The largest message that the peer takes, in bytes; 0 where it named none.</summary>
    public long SizeLimitBytes { get; init; }

    /// <summary>8BITMIME (RFC 6152).</summary>
    public bool EightBitMime { get; init; }

    /// <summary>SMTPUTF8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>DSN (RFC 3461).</summary>
    public bool Dsn { get; init; }

    /// <summary>CHUNKING (RFC 3030).</summary>
    public bool Chunking { get; init; }

    /// <summary>STARTTLS (RFC 3207).</summary>
    public bool StartTls { get; init; }

    /// <summary>ENHANCEDSTATUSCODES (RFC 2034).</summary>
    public bool EnhancedStatusCodes { get; init; }

    /// <summary>The mechanisms of AUTH (RFC 4954), in upper case.</summary>
    public ImmutableArray<string> Auth { get; init; } = [];

    /// <summary>LIMITS MAILMAX (RFC 9422): transactions in one session; null where there is no such limit.</summary>
    public int? MailMax { get; init; }

    /// <summary>LIMITS RCPTMAX (RFC 9422): recipients in one transaction; null where there is no such limit.</summary>
    public int? RcptMax { get; init; }

    /// <summary>LIMITS RCPTDOMAINMAX (RFC 9422): different recipient domains in one transaction; null where there is no such limit.</summary>
    public int? RcptDomainMax { get; init; }

    /// <summary>Reads the text of a positive reply to EHLO or LHLO.</summary>
    /// <param name="text">The reply's text, lines joined by LF.</param>
    internal static PeerExtensions Parse(string text)
    {
        var lines = text.Split('\n');
        var peer = new PeerExtensions { Name = lines[0].Split(' ', 2)[0] };
        foreach (var line in lines.AsSpan(1)) peer = peer.With(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        return peer;
    }

    private PeerExtensions With(string[] words) => (words.Length == 0 ? "" : words[0].ToUpperInvariant()) switch
    {
        "PIPELINING" => this with { Pipelining = true },
        "SIZE" => this with { Size = true, SizeLimitBytes = SizeOf(words) },
        "8BITMIME" => this with { EightBitMime = true },
        "SMTPUTF8" => this with { SmtpUtf8 = true },
        "DSN" => this with { Dsn = true },
        "CHUNKING" => this with { Chunking = true },
        "STARTTLS" => this with { StartTls = true },
        "ENHANCEDSTATUSCODES" => this with { EnhancedStatusCodes = true },
        "LIMITS" => WithLimits(words),
        "AUTH" => WithAuth(words.AsSpan(1)),
        // Written so by servers that predate RFC 2554's final form, beside the right form or instead of it.
        var keyword when keyword.StartsWith("AUTH=", StringComparison.Ordinal) => WithAuth([keyword[5..], .. words.AsSpan(1)]),
        _ => this,
    };

    private PeerExtensions WithAuth(ReadOnlySpan<string> mechanisms)
    {
        var known = Auth.ToBuilder();
        foreach (var mechanism in mechanisms)
        {
            var name = mechanism.ToUpperInvariant();
            if (!known.Contains(name)) known.Add(name);
        }
        return this with { Auth = known.ToImmutable() };
    }

    private PeerExtensions WithLimits(string[] words)
    {
        var peer = this;
        foreach (var word in words.AsSpan(1))
        {
            var at = word.IndexOf('=', StringComparison.Ordinal);
            // RFC 9422 §4: a value is at most six digits here; an unknown or malformed limit is ignored.
            if (at < 0 || word.Length - at > 7 || !TryNumber(word.AsSpan(at + 1), out var value) || value == 0) continue;
            peer = word[..at].ToUpperInvariant() switch
            {
                "MAILMAX" => peer with { MailMax = (int)value },
                "RCPTMAX" => peer with { RcptMax = (int)value },
                "RCPTDOMAINMAX" => peer with { RcptDomainMax = (int)value },
                _ => peer,
            };
        }
        return peer;
    }

    // RFC 1870 §4: SIZE without a number, or with 0, names no limit; a malformed number is no limit either.
    private static long SizeOf(string[] words) => words.Length > 1 && TryNumber(words[1], out var size) ? size : 0;

    private static bool TryNumber(ReadOnlySpan<char> digits, out long value) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
