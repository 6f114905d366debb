using System.Diagnostics.CodeAnalysis;

namespace Mta.Queueing.DomainQueue;

/// <summary>A ref in memory. There may be a million in one queue, so it is small and holds its envelope only on the way to an attempt.</summary>
internal sealed class RefEntry(RefId id, DateTimeOffset acceptedAt)
{
    private readonly long _acceptedTicks = acceptedAt.UtcTicks;

    public RefId Id { get; } = id;

    public RefState State { get; set; }

    /// <summary>A delay notification has been sent.</summary>
    public bool DelayNotified { get; set; }

    /// <summary>Settling only: recipients are left, and <see cref="Deferral"/> is to be journaled after the commit.</summary>
    public bool HasRest { get; set; }

    /// <summary>In flight only: the pull that took it.</summary>
    public long PullId { get; set; }

    /// <summary>The envelope, where it is in memory.</summary>
    public QueuedRef? Ref { get; set; }

    /// <summary>The last deferral; null before the first.</summary>
    public RefDeferred? Deferral { get; set; }

    public DateTimeOffset AcceptedAt => new(_acceptedTicks, TimeSpan.Zero);

    /// <summary>The number of the next attempt, from 1.</summary>
    public int NextAttempt => (Deferral?.Attempts ?? 0) + 1;

    /// <summary>Entries by ref id, without a second copy of the id for each as a dictionary would have.</summary>
    internal sealed class ById : IEqualityComparer<RefEntry>, IAlternateEqualityComparer<RefId, RefEntry>
    {
        public static ById Instance { get; } = new();

        public bool Equals(RefEntry? x, RefEntry? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Id == y.Id);

        public int GetHashCode([DisallowNull] RefEntry obj) => obj.Id.GetHashCode();

        public bool Equals(RefId alternate, RefEntry other) => other.Id == alternate;

        public int GetHashCode(RefId alternate) => alternate.GetHashCode();

        public RefEntry Create(RefId alternate) => new(alternate, default);
    }
}
