using Mta.Cluster;
using Mta.Cluster.Receiving;
using Mta.Node.Configuration;

namespace Mta.Node.Start;

/// <summary>Every address that a configuration listens on, with its key.</summary>
internal static class ListenAddresses
{
    /// <summary>The key of the port for the other members.</summary>
    public const string ClusterKey = "cluster.port";

    /// <summary>The addresses, in the order of the sections; only those that the node's roles use.</summary>
    public static IEnumerable<(string Key, string Address, int Port)> Of(NodeConfiguration options)
    {
        yield return (ClusterKey, options.Cluster.Host, options.Cluster.Port);
        if (options.Cluster.Roles.Contains(ClusterRoles.Ingress))
        {
            for (int i = 0; i < options.Receiving.Listeners.Count; i++)
            {
                ListenerOptions listener = options.Receiving.Listeners[i];
                yield return ($"receiving.listeners[{i}].port", listener.Address, listener.Port);
            }
        }
        if (options.Cluster.Roles.Contains(ClusterRoles.Management))
            yield return ("management.port", options.Management.Address.ToString(), options.Management.Port);
    }
}
