using System.Text;
using System.Text.Unicode;

namespace Mta.Protocol.Smtp.Labels;

/// <summary>
/// Reads labels off the header of a message as it came: over octets, without taking the rest of it apart. Of several fields of one name the first counts. A field that is too long, or has octets that are no
/// printable UTF-8, is ignored and named. Thread-safe.
/// </summary>
public sealed class LabelReader
{
    /// <summary>The most octets of a tenant or campaign.</summary>
    public const int LongestLabel = 100;

    /// <summary>The most octets of a Message-ID without its brackets.</summary>
    public const int LongestMessageId = 250;

    /// <summary>What is looked at: a header that has not ended by then has what was found so far.</summary>
    public const int MostOctets = 64 * 1024;

    private readonly byte[] _tenant;
    private readonly byte[] _campaign;

    /// <summary>A reader.</summary>
    /// <param name="tenantField">The name of the field with the tenant; empty for none.</param>
    /// <param name="campaignField">The name of the field with the campaign; empty for none.</param>
    public LabelReader(string tenantField, string campaignField)
    {
        _tenant = Encoding.ASCII.GetBytes(tenantField);
        _campaign = Encoding.ASCII.GetBytes(campaignField);
    }

    private static ReadOnlySpan<byte> MessageIdField => "Message-ID"u8;

    /// <summary>Reads the labels.</summary>
    /// <param name="message">The message from its first octet on, as far as it is at hand.</param>
    /// <param name="isTrusted">False where whoever sent it has no say about tenant and campaign.</param>
    /// <param name="ignored">The fields that were ignored and why; null where none was.</param>
    public MailLabels Read(ReadOnlySpan<byte> message, bool isTrusted, out string? ignored)
    {
        ignored = null;
        string? tenant = isTrusted && _tenant.Length > 0 ? null : "", campaign = isTrusted && _campaign.Length > 0 ? null : "", id = null;
        var rest = message.Length > MostOctets ? message[..MostOctets] : message;
        while (tenant is null || campaign is null || id is null)
        {
            var end = EndOfField(rest);
            if (end <= 0) break;
            var field = rest[..end];
            if (id is null && Is(field, MessageIdField)) id = Value(field, MessageIdField, LongestMessageId, ref ignored);
            else if (tenant is null && Is(field, _tenant)) tenant = Value(field, _tenant, LongestLabel, ref ignored);
            else if (campaign is null && Is(field, _campaign)) campaign = Value(field, _campaign, LongestLabel, ref ignored);
            rest = rest[end..];
        }
        return (tenant ?? "", campaign ?? "", id ?? "") is ("", "", "") ? MailLabels.None : new MailLabels(tenant ?? "", campaign ?? "", id ?? "");
    }

    // The octets of the first field with its line ends; 0 where the header ends, or the field is not whole. RFC 5322 §2.2.3: what begins with white space goes on with the line before.
    private static int EndOfField(ReadOnlySpan<byte> rest)
    {
        if (rest.StartsWith("\r\n"u8)) return 0;
        for (var end = 0; ;)
        {
            var line = rest[end..].IndexOf("\r\n"u8);
            if (line < 0) return 0;
            end += line + 2;
            if (end >= rest.Length || rest[end] is not ((byte)' ' or (byte)'\t')) return end;
        }
    }

    private static bool Is(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name) =>
        field.Length > name.Length && field[name.Length] == ':' && (field[0] | 0x20) == (name[0] | 0x20) && Ascii.EqualsIgnoreCase(field[..name.Length], name);

    private static string Value(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name, int longest, ref string? ignored)
    {
        var isId = longest == LongestMessageId;
        Span<byte> unfolded = stackalloc byte[LongestMessageId + 2];
        var length = Unfold(field[(name.Length + 1)..], unfolded[..(isId ? longest + 2 : longest)]);
        var octets = length < 0 ? default : unfolded[..length].Trim((byte)' ').Trim((byte)'\t').Trim((byte)' ');
        if (isId && octets is [(byte)'<', .., (byte)'>']) octets = octets[1..^1];
        var problem = length < 0 || octets.Length > longest ? $"longer than {longest} octets" : IsPrintable(octets) ? null : "not printable UTF-8";
        if (problem is null) return Encoding.UTF8.GetString(octets);
        var told = $"{Encoding.ASCII.GetString(name)} is {problem}";
        ignored = ignored is null ? told : $"{ignored}, {told}";
        return "";
    }

    // Without line ends and the white space at both sides; -1 where there is no room for it.
    private static int Unfold(ReadOnlySpan<byte> value, Span<byte> into)
    {
        var length = 0;
        foreach (var octet in value.TrimStart(" \t\r\n"u8).TrimEnd(" \t\r\n"u8))
        {
            if (octet is (byte)'\r' or (byte)'\n') continue;
            if (length == into.Length) return -1;
            into[length++] = octet;
        }
        return length;
    }

    private static bool IsPrintable(ReadOnlySpan<byte> octets)
    {
        if (!octets.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return true;
        if (!Utf8.IsValid(octets)) return false;
        while (!octets.IsEmpty)
        {
            Rune.DecodeFromUtf8(octets, out var rune, out var length);
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator) return false;
            octets = octets[length..];
        }
        return true;
    }
}
