namespace Mta.Cluster;

/// <summary>
/// A component without which the node should get no traffic. Registered in the container, any number; <c>/ready</c> is 200
/// when every one of them is ready, and names those that are not. Read often and from any thread: answer from a field.
/// </summary>
public interface IReadiness
{
    /// <summary>The component's name in the answer: <c>spool</c>, <c>cluster</c>, <c>queues</c>.</summary>
    string Component { get; }

    /// <summary>Why the component is not ready, in a few words; null when it is ready.</summary>
    string? NotReadyBecause { get; }
}
