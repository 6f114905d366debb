namespace Mta.Cluster.Contracts;

/// <summary>Where the egress of a node is found: one actor on every node with the role <c>egress</c>, by its path.</summary>
public static class EgressPath
{
    /// <summary>The actor's name below <c>/user</c>.</summary>
    public const string Name = "egress";
}
