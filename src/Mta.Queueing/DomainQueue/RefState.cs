namespace Mta.Queueing.DomainQueue;

/// <summary>
/// Where a ref of a domain queue stands. The law (anything else is ignored, so that messages which come twice or late change nothing):
/// <code>
///   offered ──▶ Ready ◀──────────────── due ─────────────── Deferred
///                │  ▲ ╲                                       ▲
///            take│  │  ╲ prepare ──▶ Loading ──loaded──▶ Ready │ recorded
///                ▼  │ not attempted       ╲                    │
///              InFlight                    not in the spool: gone
///                │ report, connection lost                     │
///                ├── some recipients finished ──▶ Settling ──settled, recipients left──▶ Recording
///                ├── none finished ────────────────────────────────────────────────────▶ Recording
///                └── all finished ──▶ Settling ──settled──▶ gone
/// </code>
/// An outcome is final once reported: there is no way back from Settling, and a settlement or record that fails is repeated as it is.
/// Ready goes to Settling or Recording directly where the whole site or route fails. An operator's order withholds a ref: one that is Ready, Loading or Deferred at once, any other where it would be Ready
/// or Deferred next, if it is not gone by then. From Withheld it is settled and gone, or recorded and Ready, or put back as its order says: Held, Ready or Deferred. What is Held is withheld to be released.
/// </summary>
public enum RefState : byte
{
    /// <summary>May be handed out, or may be prepared for it where its envelope is not in memory.</summary>
    Ready = 0,

    /// <summary>Its envelope is being read from the spool.</summary>
    Loading = 1,

    /// <summary>Handed to a connection that has not reported it.</summary>
    InFlight = 2,

    /// <summary>The outcome of some or all recipients is final and waits for the spool's commit.</summary>
    Settling = 3,

    /// <summary>Its deferral waits for the journal.</summary>
    Recording = 4,

    /// <summary>Waits for its time in the retry schedule.</summary>
    Deferred = 5,

    /// <summary>Kept out of all lines for an operator's order, which ends it or gives it back.</summary>
    Withheld = 6,

    /// <summary>Held by an operator: neither attempted nor given up until it is released.</summary>
    Held = 7,
}
