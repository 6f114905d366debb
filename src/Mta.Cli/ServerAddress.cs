using System.Diagnostics.CodeAnalysis;

namespace Mta.Cli;

/// <summary>Where a server listens.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">The TCP port.</param>
internal sealed record ServerAddress(string Host, int Port)
{
    /// <summary>Reads HOST:PORT; an IPv6 address has the brackets of RFC 3986 §3.2.2.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerAddress? address)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon].Trim('[', ']') : "";
        address = host.Length > 0 && int.TryParse(text[(colon + 1)..], out var port) && port is > 0 and <= 65_535 ? new ServerAddress(host, port) : null;
        return address is not null;
    }
}
