namespace Mta.Cluster.Nodes;

/// <summary>
/// Whether this node drains: it takes no new mail, ends its sessions after their transactions, and is asked for no new connections. What it owns it goes on with, and it stays a member. Thread-safe.
/// </summary>
public sealed class NodeDrain : IReadiness, IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _begun = new();

    /// <inheritdoc/>
    public string Component => "drain";

    /// <inheritdoc/>
    public string? NotReadyBecause => IsDraining ? "an operator drains this node" : null;

    /// <summary>True while the node drains.</summary>
    public bool IsDraining => Begun.IsCancellationRequested;

    /// <summary>Ends when the node begins to drain; sessions end with it.</summary>
    public CancellationToken Begun
    {
        get
        {
            lock (_lock)
                return _begun.Token;
        }
    }

    /// <summary>Begins.</summary>
    public void Begin() => Source().Cancel();

    /// <summary>Takes mail again.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_begun.IsCancellationRequested)
                _begun = new CancellationTokenSource();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Source().Dispose();

    private CancellationTokenSource Source()
    {
        lock (_lock)
            return _begun;
    }
}
