namespace Mta.Cluster.Leases;

/// <summary>
/// The leases in the database. Every decision is one conditional statement that goes by the database's clock, so that neither the nodes' clocks nor two
/// that ask at the same moment matter. Calls fail with what the provider throws; whether a call that failed had its effect is then unknown.
/// </summary>
internal interface ILeaseStore : IAsyncDisposable
{
    /// <summary>Takes a lease that is free, has ended, or is this owner's already.</summary>
    /// <param name="name">The lease.</param>
    /// <param name="owner">Who wants it; the same name after a restart.</param>
    /// <param name="time">How long it is held without a renewal.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The lease's new version, which a renewal must name; null where another owner holds it.</returns>
    Task<long?> AcquireAsync(string name, string owner, TimeSpan time, CancellationToken cancel);

    /// <summary>
    /// Renews many in one statement. One that has ended is renewed all the same while nobody has taken it: its version says that nobody had it in between.
    /// </summary>
    /// <returns>The names of those that are renewed; the others are lost.</returns>
    Task<IReadOnlySet<string>> RenewAsync(string owner, IReadOnlyCollection<LeaseKey> leases, TimeSpan time, CancellationToken cancel);

    /// <summary>Gives a lease back; nothing happens where it is not this owner's in this version.</summary>
    Task ReleaseAsync(string owner, LeaseKey lease, CancellationToken cancel);

    /// <summary>What the database says of a lease; null where nobody holds it, or ever did.</summary>
    Task<LeaseRow?> ReadAsync(string name, CancellationToken cancel);
}

/// <summary>A lease as one who holds it knows it: each time that it is acquired its version rises.</summary>
internal readonly record struct LeaseKey(string Name, long Version);

/// <summary>A lease that somebody has taken and not given back.</summary>
/// <param name="Owner">Who.</param>
/// <param name="Version">The version.</param>
/// <param name="Left">How long it is held without a renewal; negative where that has passed.</param>
internal sealed record LeaseRow(string Owner, long Version, TimeSpan Left);
