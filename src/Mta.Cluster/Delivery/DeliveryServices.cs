using System.Net;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Delivery.Connections;
using Mta.Cluster.Delivery.Maildir;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Dns;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Delivery;

/// <summary>What the connections of a node share.</summary>
internal sealed record DeliveryServices
{
    /// <summary>The options.</summary>
    public required DeliveryOptions Options { get; init; }

    /// <summary>The name for EHLO and LHLO.</summary>
    public required string HeloName { get; init; }

    /// <summary>Where bodies are.</summary>
    public required ISpool Spool { get; init; }

    /// <summary>Looks addresses up.</summary>
    public required IDnsResolver Dns { get; init; }

    /// <summary>Addresses that lead back.</summary>
    public required OwnAddresses Own { get; init; }

    /// <summary>The configured routes.</summary>
    public required RouteCredentials Routes { get; init; }

    /// <summary>Addresses that failed lately.</summary>
    public required FailedAddresses Failed { get; init; }

    /// <summary>How certificates are judged.</summary>
    public required PeerCertificates Certificates { get; init; }

    /// <summary>Writes to Maildirs.</summary>
    public required MaildirStore Maildir { get; init; }

    /// <summary>The node's full host name.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where others hear whole dialogues.</summary>
    public DialogueTap Dialogues { get; init; } = DialogueTap.Nobodys;

    /// <summary>The instruments.</summary>
    public required DeliveryMetrics Metrics { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Log { get; init; }

    /// <summary>
    /// A connection without work ends by itself after this time. The site ends it long before, unless the word between them was lost: a batch that never
    /// came, or a close that was not heard.
    /// </summary>
    public TimeSpan IdleAtMost { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The configured source address for a family; null leaves the choice to the system.</summary>
    public IPAddress? SourceFor(EndPoint remote)
    {
        var source = remote.AddressFamily switch
        {
            System.Net.Sockets.AddressFamily.InterNetwork => Options.SourceAddress,
            System.Net.Sockets.AddressFamily.InterNetworkV6 => Options.SourceAddressV6,
            _ => "",
        };
        return source.Length > 0 ? IPAddress.Parse(source) : null;
    }
}
