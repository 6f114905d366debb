using System.Globalization;

namespace Mta.Protocol.Smtp;

/// <summary>An enhanced status code, <c>class.subject.detail</c> (RFC 3463, RFC 5248).</summary>
/// <param name="Class">2 success, 4 persistent transient failure, 5 permanent failure; 0 when the peer gave none.</param>
/// <param name="Subject">Subject, 0 to 999.</param>
/// <param name="Detail">Detail, 0 to 999.</param>
public readonly record struct EnhancedCode(byte Class, short Subject, short Detail)
{
    /// <summary>The peer gave no enhanced code.</summary>
    public static EnhancedCode None => default;

    /// <summary>True where there is a code.</summary>
    public bool HasValue => Class != 0;

    /// <summary>The code as it stands in a reply, or the empty string for <see cref="None"/>.</summary>
    public override string ToString() =>
        HasValue ? string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}") : "";
}
