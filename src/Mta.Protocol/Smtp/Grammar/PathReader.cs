using System.Text;
using System.Text.Unicode;

namespace Mta.Protocol.Smtp.Grammar;

/// <summary>
/// Reads paths and mailboxes (RFC 5321 §4.1.2, with the UTF-8 of RFC 6531 §3.3), one production per method. Each method takes its production from the front of what is
/// left, or returns false, after which the reader is of no more use.
/// </summary>
internal ref struct PathReader(ReadOnlySpan<byte> text)
{
    /// <summary>Longest local part in octets, as it is written (RFC 5321 §4.5.3.1.1).</summary>
    public const int MaxLocalPart = 64;

    /// <summary>Longest path in octets, angle brackets included (RFC 5321 §4.5.3.1.3).</summary>
    public const int MaxPath = 256;

    private ReadOnlySpan<byte> _rest = text;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>True when what was read has octets outside ASCII, so that it needs SMTPUTF8.</summary>
    public bool IsInternational { get; private set; }

    /// <summary><c>Reverse-path = Path / "&lt;&gt;"</c>.</summary>
    public bool TryReadReversePath(out Address address)
    {
        if (!_rest.StartsWith("<>"u8))
            return TryReadPath(out address);
        address = Address.Null;
        _rest = _rest[2..];
        return true;
    }

    /// <summary><c>Forward-path = Path</c>, or <c>"&lt;Postmaster&gt;"</c> without a domain (RFC 5321 §4.1.1.3).</summary>
    public bool TryReadForwardPath(out Address address)
    {
        ReadOnlySpan<byte> postmaster = "<postmaster>"u8;
        if (_rest.Length < postmaster.Length || !Ascii.EqualsIgnoreCase(_rest[..postmaster.Length], postmaster))
            return TryReadPath(out address);
        address = new Address("postmaster", "");
        _rest = _rest[postmaster.Length..];
        return true;
    }

    /// <summary><c>Path = "&lt;" [ A-d-l ":" ] Mailbox "&gt;"</c>. The source route is checked and dropped (RFC 5321 §3.6.1).</summary>
    public bool TryReadPath(out Address address)
    {
        address = default;
        int before = _rest.Length;
        if (!TryTake((byte)'<') || (Next == '@' && !(TryReadRoute() && TryTake((byte)':'))))
            return false;
        return TryReadMailbox(out address) && TryTake((byte)'>') && before - _rest.Length <= MaxPath;
    }

    /// <summary><c>Mailbox = Local-part "@" ( Domain / address-literal )</c>.</summary>
    public bool TryReadMailbox(out Address address)
    {
        address = default;
        if (!TryReadLocalPart(out string localPart) || !TryTake((byte)'@'))
            return false;
        bool read = Next == '[' ? TryReadLiteral(out string domain) : TryReadDomain(out domain);
        if (read)
            address = new Address(localPart, domain);
        return read;
    }

    /// <summary><c>A-d-l = At-domain *( "," At-domain )</c>, <c>At-domain = "@" Domain</c>.</summary>
    private bool TryReadRoute()
    {
        do
        {
            if (!TryTake((byte)'@') || !TryReadDomain(out _))
                return false;
        }
        while (TryTake((byte)','));
        return true;
    }

    /// <summary><c>Local-part = Dot-string / Quoted-string</c>.</summary>
    private bool TryReadLocalPart(out string localPart) =>
        Next == '"' ? TryReadQuotedString(out localPart) : TryReadDotString(out localPart);

    /// <summary><c>Dot-string = Atom *("." Atom)</c>, <c>Atom = 1*(atext / UTF8-non-ascii)</c>.</summary>
    private bool TryReadDotString(out string localPart)
    {
        localPart = "";
        int length = LocalParts.DotStringLength(_rest);
        if (length is 0 or > MaxLocalPart || !TryText(_rest[..length], out localPart))
            return false;
        _rest = _rest[length..];
        return true;
    }

    /// <summary>
    /// <c>Quoted-string = DQUOTE *(qtextSMTP / quoted-pairSMTP / UTF8-non-ascii) DQUOTE</c>. What needs no quotes loses them, and what needs no backslash loses it:
    /// RFC 5321 §4.1.2 says that these forms are the same mailbox.
    /// </summary>
    private bool TryReadQuotedString(out string localPart)
    {
        localPart = "";
        Span<byte> content = stackalloc byte[MaxLocalPart];
        int length = 0;
        int i = 1;
        for (; i < _rest.Length && _rest[i] != '"'; i++)
        {
            // quoted-pairSMTP = %d92 %d32-126
            if (_rest[i] == '\\' && (++i == _rest.Length || _rest[i] > 0x7e))
                return false;
            if (_rest[i] is < 0x20 or 0x7f || length == MaxLocalPart)
                return false;
            content[length++] = _rest[i];
        }
        if (i >= _rest.Length || i + 1 > MaxLocalPart || !TryText(content[..length], out string text))
            return false;
        _rest = _rest[(i + 1)..];
        localPart = LocalParts.Write(text, content[..length]);
        return true;
    }

    /// <summary><c>Domain = sub-domain *("." sub-domain)</c>, <c>sub-domain = Let-dig [Ldh-str] / U-label</c>.</summary>
    private bool TryReadDomain(out string domain)
    {
        int end = _rest.IndexOfAny(">:,"u8);
        ReadOnlySpan<byte> text = end < 0 ? _rest : _rest[..end];
        IsInternational |= !Ascii.IsValid(text);
        _rest = end < 0 ? default : _rest[end..];
        return DomainName.TryCanonicalize(text, out domain);
    }

    /// <summary><c>address-literal = "[" ( IPv4-address-literal / IPv6-address-literal ) "]"</c>.</summary>
    private bool TryReadLiteral(out string literal)
    {
        literal = "";
        int end = _rest.IndexOf((byte)']');
        if (end < 0 || !AddressLiteral.TryCanonicalize(_rest[..(end + 1)], out literal))
            return false;
        _rest = _rest[(end + 1)..];
        return true;
    }

    private bool TryText(scoped ReadOnlySpan<byte> octets, out string text)
    {
        bool ascii = Ascii.IsValid(octets);
        IsInternational |= !ascii;
        text = ascii || Utf8.IsValid(octets) ? Encoding.UTF8.GetString(octets) : "";
        return ascii || text.Length > 0;
    }

    private readonly int Next => _rest.IsEmpty ? -1 : _rest[0];

    private bool TryTake(byte octet)
    {
        if (Next != octet)
            return false;
        _rest = _rest[1..];
        return true;
    }
}
