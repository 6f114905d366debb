using Mta.Node.Configuration;

namespace Mta.Node.Start;

/// <summary>Every address that a configuration listens on, with its key.</summary>
internal static class ListenAddresses
{
    /// <summary>The addresses, in the order of the sections.</summary>
    public static IEnumerable<(string Key, string Address, int Port)> Of(NodeConfiguration options)
    {
        yield return ("cluster.port", options.Cluster.Host, options.Cluster.Port);
        yield return ("management.port", options.Management.Address.ToString(), options.Management.Port);
    }
}
