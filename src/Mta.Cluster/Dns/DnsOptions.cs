using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;

namespace Mta.Cluster.Dns;

/// <summary>How names are looked up.</summary>
public sealed class DnsOptions : IOptionsCheck
{
    /// <summary>DNS servers as <c>address</c> or <c>address:port</c> (IPv6 in brackets where a port follows). Empty: the servers of the operating system.</summary>
    public List<string> Servers { get; set; } = [];

    /// <summary>How long to wait for one answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often to ask again after a timeout or a failure, each time at the next server.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 2;

    /// <summary>Ask by TCP only. Otherwise UDP, and TCP for an answer that was cut off (RFC 7766 §5).</summary>
    public bool TcpOnly { get; set; }

    /// <summary>Answers that are kept at most; past it the ones that end first go.</summary>
    [Range(0, 10_000_000)]
    public int CacheEntries { get; set; } = 100_000;

    /// <summary>An answer is kept at least so long, even where its TTL is shorter.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan CacheMin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>An answer is kept at most so long, even where its TTL is longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan CacheMax { get; set; } = TimeSpan.FromHours(1);

    /// <summary>"No such name" and "no such record" are kept at most so long (RFC 2308 §5).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "03:00:00")]
    public TimeSpan NegativeCacheMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A server failure or timeout is kept so long (RFC 2308 §7: at most five minutes).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan FailureCache { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        for (var i = 0; i < Servers.Count; i++)
        {
            if (!TryParseServer(Servers[i], out _))
                yield return new($"servers[{i}]", $"'{Servers[i]}' is not an IP address with an optional port, like 192.0.2.53 or [2001:db8::53]:5353");
        }
        if (CacheMin > CacheMax)
            yield return new("cacheMin", "must not be longer than cacheMax");
    }

    /// <summary>Reads one entry of <see cref="Servers"/>; the port is 53 where none is given.</summary>
    internal static bool TryParseServer(string text, out IPEndPoint endpoint)
    {
        if (IPEndPoint.TryParse(text, out var parsed) && IsServer(parsed.Address, text))
        {
            endpoint = parsed.Port == 0 ? new IPEndPoint(parsed.Address, 53) : parsed;
            return true;
        }
        endpoint = new IPEndPoint(IPAddress.None, 0);
        return false;
    }

    // 127.1 and 53 are addresses to some readers and to others not; 0.0.0.0 and :: are nobody's.
    private static bool IsServer(IPAddress address, string text) =>
        !address.Equals(IPAddress.Any)
        && !address.Equals(IPAddress.IPv6Any)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.StartsWith(address.ToString(), StringComparison.Ordinal));
}
