namespace Mta.Queueing.Dormant;

/// <summary>A deferred ref of a dormant queue, in 32 octets. Its deferral is the journal's.</summary>
public readonly record struct DormantRef
{
    // Ticks are never negative, so the sign is free for the flag.
    private readonly long _acceptedAt;

    /// <summary>A ref.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="acceptedAt">When its message was accepted.</param>
    /// <param name="delayNotified">A delay notification has been sent for it.</param>
    public DormantRef(RefId id, DateTimeOffset acceptedAt, bool delayNotified)
    {
        Id = id;
        _acceptedAt = delayNotified ? ~acceptedAt.UtcTicks : acceptedAt.UtcTicks;
    }

    /// <summary>Its name.</summary>
    public RefId Id { get; }

    /// <summary>When its message was accepted.</summary>
    public DateTimeOffset AcceptedAt => new(DelayNotified ? ~_acceptedAt : _acceptedAt, TimeSpan.Zero);

    /// <summary>A delay notification has been sent for it.</summary>
    public bool DelayNotified => _acceptedAt < 0;
}
