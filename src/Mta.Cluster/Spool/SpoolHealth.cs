namespace Mta.Cluster.Spool;

/// <summary>Whether the database answers. Turns false with the first failure and true with the next success; a failed database is asked again by itself.</summary>
public sealed class SpoolHealth : IReadiness
{
    private readonly Lock _gate = new();
    private volatile bool _available;

    /// <summary>True while the database answers; false before it has been opened.</summary>
    public bool IsAvailable => _available;

    /// <summary>What failed last, in words for an operator; null while the database answers.</summary>
    public string? Problem { get; private set; } = "the spool has not been opened yet";

    string IReadiness.Component => "spool";

    string? IReadiness.NotReadyBecause => _available ? null : Problem ?? "the database does not answer";

    /// <summary>Raised after <see cref="IsAvailable"/> has changed, on the thread that noticed; handlers must be short.</summary>
    public event Action<bool>? Changed;

    /// <summary>The database answered. True where it had failed before.</summary>
    internal bool Succeeded()
    {
        if (_available)
            return false;
        lock (_gate)
        {
            if (_available)
                return false;
            Problem = null;
            _available = true;
        }
        Changed?.Invoke(true);
        return true;
    }

    /// <summary>The database failed. True where it had answered before.</summary>
    internal bool Failed(string problem)
    {
        bool turned;
        lock (_gate)
        {
            turned = _available;
            Problem = problem;
            _available = false;
        }
        if (turned)
            Changed?.Invoke(false);
        return turned;
    }
}
