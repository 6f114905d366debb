using System.Text;

namespace Mta.Protocol.Smtp.Grammar;

/// <summary>Mailboxes outside of commands: in configuration, on a command line, in a stored queue.</summary>
public static class MailboxSyntax
{
    /// <summary>Reads <c>Mailbox = Local-part "@" ( Domain / address-literal )</c> (RFC 5321 §4.1.2), UTF-8 allowed (RFC 6531 §3.3).</summary>
    /// <param name="text">The mailbox without angle brackets, in UTF-8.</param>
    /// <param name="address">The address in canonical form.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out Address address)
    {
        PathReader reader = new(text);
        return reader.TryReadMailbox(out address) && reader.Rest.IsEmpty;
    }

    /// <summary>Reads a mailbox out of a string.</summary>
    /// <param name="text">The mailbox without angle brackets.</param>
    /// <param name="address">The address in canonical form.</param>
    public static bool TryRead(string text, out Address address) => TryRead(Encoding.UTF8.GetBytes(text), out address);
}
