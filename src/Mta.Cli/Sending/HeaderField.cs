using System.Diagnostics.CodeAnalysis;
using MimeKit;

namespace Mta.Cli.Sending;

/// <summary>A header field as it is typed.</summary>
internal static class HeaderField
{
    /// <summary>Reads <c>NAME: VALUE</c> (RFC 5322 §2.2).</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Header? field)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // Printable US-ASCII without the colon; a line end would begin another field.
        var isField = colon > 0 && text.AsSpan(0, colon).IndexOfAnyExceptInRange('!', '~') < 0 && text.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;
        field = isField ? new Header(System.Text.Encoding.UTF8, text[..colon], text[(colon + 1)..].Trim()) : null;
        return field is not null;
    }
}
