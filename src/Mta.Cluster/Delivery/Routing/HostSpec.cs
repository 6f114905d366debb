using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>Reads <c>host</c>, <c>host:port</c>, <c>192.0.2.1:port</c>, <c>[2001:db8::1]</c> and <c>[2001:db8::1]:port</c>.</summary>
internal static class HostSpec
{
    /// <summary>Reads one entry; <paramref name="port"/> is 0 where none is given.</summary>
    public static bool TryParse(string text, out string host, out int port)
    {
        (host, port) = (text, 0);
        if (text.StartsWith('['))
            return TryParseBracketed(text, out host, out port);
        if (IPAddress.TryParse(text, out var bare) && (bare.AddressFamily == AddressFamily.InterNetworkV6 || IsDotted(text)))
        {
            host = bare.ToString();
            return true;
        }
        var colon = text.LastIndexOf(':');
        if (colon >= 0)
        {
            host = text[..colon];
            if (!TryParsePort(text.AsSpan(colon + 1), out port))
                return false;
        }
        host = host.TrimEnd('.').ToLowerInvariant();
        // 127.1 and 10 are addresses to some readers and to others not.
        return Uri.CheckHostName(host) == UriHostNameType.Dns || IsDotted(host);
    }

    private static bool TryParseBracketed(string text, out string host, out int port)
    {
        (host, port) = ("", 0);
        var end = text.IndexOf(']', StringComparison.Ordinal);
        if (end < 0 || !IPAddress.TryParse(text.AsSpan(1, end - 1), out var address))
            return false;
        host = address.ToString();
        var rest = text.AsSpan(end + 1);
        return rest.IsEmpty || (rest[0] == ':' && TryParsePort(rest[1..], out port));
    }

    private static bool IsDotted(string text) => IPAddress.TryParse(text, out var address) && address.ToString() == text;

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
