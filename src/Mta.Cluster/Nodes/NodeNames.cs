using System.Globalization;
using Akka.Actor;

namespace Mta.Cluster.Nodes;

/// <summary>The short name of a node: <c>host:port</c> of its address, which is unique in the cluster.</summary>
internal static class NodeNames
{
    /// <summary>The name of an address.</summary>
    public static string Of(Address address) => string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");

    /// <summary>Whether a text means an address: its name, or the whole address, or all of it behind the protocol.</summary>
    public static bool Means(string text, Address address) =>
        text.Equals(Of(address), StringComparison.OrdinalIgnoreCase)
        || text.Equals(address.ToString(), StringComparison.OrdinalIgnoreCase)
        || text.Equals($"{address.System}@{Of(address)}", StringComparison.OrdinalIgnoreCase);
}
