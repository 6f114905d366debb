using System.Collections.Immutable;
using System.Net;

namespace Mta.Cluster.Dns;

/// <summary>Looks names up. Never throws for what the DNS does; a failure is an answer.</summary>
public interface IDnsResolver
{
    /// <summary>The MX records of a name; aliases (CNAME) are followed.</summary>
    /// <param name="name">A-labels, without a trailing dot.</param>
    /// <param name="cancel">Ends the wait, not the look-up.</param>
    ValueTask<DnsAnswer<MxRecord>> LookupMxAsync(string name, CancellationToken cancel);

    /// <summary>The addresses of a name, IPv6 and IPv4; aliases (CNAME) are followed.</summary>
    /// <param name="name">A-labels, without a trailing dot.</param>
    /// <param name="cancel">Ends the wait, not the look-up.</param>
    ValueTask<DnsAnswer<IPAddress>> LookupAddressesAsync(string name, CancellationToken cancel);
}

/// <summary>One MX record (RFC 1035 §3.3.9).</summary>
/// <param name="Preference">Lower is better.</param>
/// <param name="Exchange">The host, lower-case, without a trailing dot; empty for the root, which means "no mail" (RFC 7505).</param>
public readonly record struct MxRecord(int Preference, string Exchange);

/// <summary>What a look-up came to.</summary>
/// <param name="Status">Found, or why not.</param>
/// <param name="Records">The records; empty unless found.</param>
/// <param name="Ttl">How long the answer may be used.</param>
/// <param name="Error">For <see cref="DnsStatus.Failed"/>: what went wrong, for logs and replies; else null.</param>
public sealed record DnsAnswer<T>(DnsStatus Status, ImmutableArray<T> Records, TimeSpan Ttl, string? Error = null);

/// <summary>The kinds of answers.</summary>
public enum DnsStatus
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The name exists and has no record of the type.</summary>
    NoData,

    /// <summary>The name does not exist (NXDOMAIN).</summary>
    NameNotFound,

    /// <summary>No answer in time, or a server failure: ask again later.</summary>
    Failed,
}
