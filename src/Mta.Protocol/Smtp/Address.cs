namespace Mta.Protocol.Smtp;

/// <summary>
/// A mailbox as it stands in a path (RFC 5321 §4.1.2 <c>Mailbox</c>, RFC 6531 §3.3), or the null reverse-path.
/// </summary>
/// <param name="LocalPart">
/// The local part as the client wrote it, quotes included where the grammar needs them; empty in the null reverse-path.
/// </param>
/// <param name="Domain">
/// The domain in canonical form: lower-case A-labels, or an address literal with its brackets (<c>[192.0.2.1]</c>, <c>[IPv6:2001:db8::1]</c>).
/// Empty in the null reverse-path and in the bare <c>postmaster</c> of RFC 5321 §4.1.1.3.
/// </param>
public readonly record struct Address(string LocalPart, string Domain)
{
    /// <summary>The null reverse-path, <c>&lt;&gt;</c>: the sender of notifications (RFC 5321 §4.5.5).</summary>
    public static Address Null { get; } = new("", "");

    /// <summary>True for the null reverse-path.</summary>
    public bool IsNull => string.IsNullOrEmpty(LocalPart) && string.IsNullOrEmpty(Domain);

    /// <summary>True where the local part has characters outside ASCII, so that the next hop must offer SMTPUTF8 (RFC 6531 §3.2).</summary>
    public bool NeedsSmtpUtf8 => !System.Text.Ascii.IsValid(LocalPart);

    /// <summary>The mailbox as it is written between the angle brackets of a path.</summary>
    public override string ToString() => string.IsNullOrEmpty(Domain) ? LocalPart ?? "" : $"{LocalPart}@{Domain}";
}
