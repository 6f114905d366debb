using System.Diagnostics.CodeAnalysis;
using Mta.Protocol.Smtp;

namespace Mta.Queueing.DomainQueue;

/// <summary>A ref in memory. There may be a million in one queue, so it is small and holds its envelope only on the way to an attempt.</summary>
internal sealed class RefEntry(RefId id, DateTimeOffset acceptedAt)
{
    private readonly long _acceptedTicks = acceptedAt.UtcTicks;
    // The last deferral, without an object of its own: no attempts where there was none.
    private SmtpReply? _reply;
    private long _due;
    private int _attempts;
    private byte _reason;

    public RefId Id { get; } = id;

    public RefState State { get; set; }

    /// <summary>A delay notification has been sent.</summary>
    public bool DelayNotified { get; set; }

    /// <summary>Settling only: recipients are left, and <see cref="Deferral"/> is to be journaled after the commit.</summary>
    public bool HasRest { get; set; }

    /// <summary>In flight, Settling or Recording only: an operator's order wants it when it comes back.</summary>
    public bool IsWanted { get; set; }

    /// <summary>In flight only: the pull that took it.</summary>
    public long PullId { get; set; }

    /// <summary>The envelope, where it is in memory.</summary>
    public QueuedRef? Ref { get; set; }

    /// <summary>The last deferral; null before the first. Each look makes a new object.</summary>
    public RefDeferred? Deferral
    {
        get => _reply is null ? null : new RefDeferred(Id, _attempts, Due, Reason, _reply);
        set => (_reply, _due, _attempts, _reason) = value is null
            ? (null, 0, 0, (byte)0)
            : (value.LastReply, value.Due.UtcTicks, value.Attempts, (byte)value.Reason);
    }

    /// <summary>When a deferred ref is due.</summary>
    public DateTimeOffset Due => new(_due, TimeSpan.Zero);

    /// <summary>Why it was deferred last; <see cref="DeferralReason.None"/> before the first deferral.</summary>
    public DeferralReason Reason => (DeferralReason)_reason;

    public DateTimeOffset AcceptedAt => new(_acceptedTicks, TimeSpan.Zero);

    /// <summary>The number of the next attempt, from 1.</summary>
    public int NextAttempt => _attempts + 1;

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
