using System.Buffers.Text;
using System.Text;

namespace Mta.Cli.Bench;

/// <summary>An address with places to fill: <c>{id}</c>, the message's number; <c>{domain}</c>, its destination; <c>{session}</c>, the number of the session.</summary>
internal sealed class AddressPattern
{
    /// <summary>Octets of an address at most: RFC 5321 §4.5.3.1.3, without the angle brackets.</summary>
    public const int Longest = 254;

    private const int LongestNumber = 19;
    private readonly (Place Place, byte[] Text)[] _parts;

    private AddressPattern(List<(Place Place, byte[] Text)> parts) => _parts = [.. parts];

    private enum Place
    {
        Text,
        Id,
        Domain,
        Session,
    }

    /// <summary>True where each message has an address of its own, by which it is known again.</summary>
    public bool HasId => _parts.Any(p => p.Place == Place.Id);

    /// <summary>The pattern that a text is.</summary>
    /// <exception cref="FormatException">It cannot stand between the angle brackets of a path, or names an unknown place.</exception>
    public static AddressPattern Parse(string text)
    {
        if (text.Length > Longest || text.Any(c => c is <= ' ' or >= '\x7F' or '<' or '>'))
            throw new FormatException($"'{text}' is no address of printable ASCII");
        var parts = new List<(Place, byte[])>();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            if (open != at)
            {
                var end = open < 0 ? text.Length : open;
                parts.Add((Place.Text, Encoding.ASCII.GetBytes(text[at..end])));
                at = end;
                continue;
            }
            var close = text.IndexOf('}', at);
            parts.Add((Named(close < 0 ? text[at..] : text[at..(close + 1)]), []));
            at = close + 1;
        }
        return new AddressPattern(parts);
    }

    /// <summary>Octets that an address may come to.</summary>
    public int LongestWith(int domain) => _parts.Sum(p => p.Place switch
    {
        Place.Text => p.Text.Length,
        Place.Domain => domain,
        _ => LongestNumber,
    });

    /// <summary>Writes the address.</summary>
    /// <returns>How many octets it has.</returns>
    public int Write(Span<byte> output, long id, ReadOnlySpan<byte> domain, int session)
    {
        var at = 0;
        foreach (var (place, text) in _parts)
        {
            ReadOnlySpan<byte> fixedText = place == Place.Domain ? domain : text;
            var count = fixedText.Length;
            if (place is Place.Id or Place.Session)
                Utf8Formatter.TryFormat(place == Place.Id ? id : session, output[at..], out count);
            else
                fixedText.CopyTo(output[at..]);
            at += count;
        }
        return at;
    }

    private static Place Named(string text) => text switch
    {
        "{id}" => Place.Id,
        "{domain}" => Place.Domain,
        "{session}" => Place.Session,
        _ => throw new FormatException($"'{text}' is none of {{id}}, {{domain}} and {{session}}"),
    };
}
