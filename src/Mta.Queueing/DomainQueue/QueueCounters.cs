namespace Mta.Queueing.DomainQueue;

/// <summary>How many refs of a domain queue stand where.</summary>
/// <param name="Ready">May be handed out; those whose envelope is not in memory or being read are counted.</param>
/// <param name="InFlight">Handed out.</param>
/// <param name="Settling">Wait for the spool's commit.</param>
/// <param name="Recording">Wait for the journal.</param>
/// <param name="Deferred">Wait for their time.</param>
/// <param name="Withheld">Wait for an operator's order.</param>
/// <param name="Held">Held until an operator releases them.</param>
public readonly record struct QueueCounters(int Ready, int InFlight, int Settling, int Recording, int Deferred, int Withheld = 0, int Held = 0)
{
    /// <summary>All refs of the queue.</summary>
    public int Total => Ready + InFlight + Settling + Recording + Deferred + Withheld + Held;
}

/// <summary>What bounds a domain queue's memory.</summary>
/// <param name="MaxLoaded">Envelopes of ready refs in memory; a ready ref above that is read from the spool when its turn comes.</param>
/// <param name="MaxUncommitted">
/// Refs that wait for the spool or the journal; at that number nothing more is handed out, so that a database which does not answer stops deliveries
/// whose outcome could not be kept.
/// </param>
public sealed record QueueLimits(int MaxLoaded = 1000, int MaxUncommitted = 10_000);
