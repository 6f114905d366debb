using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Protocol.Smtp.Server;

/// <summary>
/// The trace field that a receiving server puts in front of a message (RFC 5321 §4.4). All that comes from the network has been through the grammar before it
/// gets here, so nothing in it can end the field.
/// </summary>
public sealed record ReceivedHeader
{
    private const int MaxLine = 78;

    /// <summary>What the client called itself; <see cref="HostNames.IsAcceptable"/> holds.</summary>
    public required string HeloName { get; init; }

    /// <summary>The client's address.</summary>
    public required IPAddress ClientAddress { get; init; }

    /// <summary>This node's name.</summary>
    public required string HostName { get; init; }

    /// <summary>True after EHLO.</summary>
    public bool Extended { get; init; }

    /// <summary>The session's encryption, or null.</summary>
    public TlsInfo? Tls { get; init; }

    /// <summary>True when the client has authenticated.</summary>
    public bool Authenticated { get; init; }

    /// <summary>True when MAIL had SMTPUTF8.</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>The id under which the message is stored, an atom.</summary>
    public required string MessageId { get; init; }

    /// <summary>The recipient, where naming it tells nobody anything new; else null.</summary>
    public Address? Recipient { get; init; }

    /// <summary>The time of reception, written with its own offset.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// The keyword of the <c>with</c> clause: RFC 3848 (ESMTP, ESMTPS, ESMTPA, ESMTPSA), RFC 6531 §4.3 (UTF8SMTP…), SMTP after HELO.
    /// </summary>
    public string Protocol => (SmtpUtf8, Extended, Tls is not null, Authenticated) switch
    {
        (true, _, false, false) => "UTF8SMTP",
        (true, _, true, false) => "UTF8SMTPS",
        (true, _, false, true) => "UTF8SMTPA",
        (true, _, true, true) => "UTF8SMTPSA",
        (_, _, true, true) => "ESMTPSA",
        (_, _, false, true) => "ESMTPA",
        (_, _, true, _) => "ESMTPS",
        (_, true, _, _) => "ESMTP",
        _ => "SMTP",
    };

    /// <summary>Writes the field with its CRLF, folded so that a line stays under 78 characters wherever its words do.</summary>
    /// <param name="body">Takes the octets.</param>
    public void Write(IBufferWriter<byte> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        FoldingWriter writer = new(MaxLine);
        writer.Start("Received: from").Word(HeloName).Word($"({AddressLiteral.Write(ClientAddress)})");
        writer.Line("by").Word(HostName).Word("with").Word(Protocol).Word("id").Word(MessageId);
        if (Recipient is { } recipient)
            writer.Line("for").Word($"<{recipient}>");
        // RFC 8314 §4.3: the cipher suite in a "tls" clause.
        if (Tls is { } tls)
            writer.Line("tls").Word(Atom(tls.Cipher)).Word($"({Atom(tls.Version)})");
        writer.Semicolon().Line(Time.ToString("ddd, d MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)).Word(Offset());
        writer.WriteTo(body);
    }

    private string Offset()
    {
        TimeSpan offset = Time.Offset;
        return $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset.Duration():hhmm}";
    }

    /// <summary>The names of TLS libraries, without what cannot stand in the field.</summary>
    private static string Atom(string name)
    {
        Span<byte> octets = stackalloc byte[Math.Min(name.Length, 64)];
        for (int i = 0; i < octets.Length; i++)
            octets[i] = name[i] < 0x7f && (GrammarSets.Atext.Contains((byte)name[i]) || name[i] == '.') ? (byte)name[i] : (byte)'_';
        return octets.IsEmpty ? "unknown" : Encoding.ASCII.GetString(octets);
    }
}
