namespace Mta.Queueing.Operations;

/// <summary>An operator's order over all queued mail that a filter means. It concerns mail that was accepted before the order.</summary>
/// <param name="Id">Its name. A partition that is told of it twice does it once.</param>
/// <param name="Action">What is to be done.</param>
/// <param name="Filter">To which mail.</param>
/// <param name="Reason">What senders are told; may be empty.</param>
/// <param name="OrderedAt">When it was ordered.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Rule">The standing hold that it is for, which holds what is queued already or ends; empty for an order of its own.</param>
/// <param name="Route">Reroute only: the way, in the router's words; empty for the domain's own.</param>
/// <param name="ExpiresAt">Expire only: when mail is given up.</param>
/// <param name="Lifetime">Expire only: how long after its acceptance mail is given up. With neither it is as its domain's schedule says.</param>
public sealed record MessageJob(
    string Id, JobAction Action, MessageFilter Filter, string Reason, DateTimeOffset OrderedAt, string By, string Rule = "", string Route = "", DateTimeOffset? ExpiresAt = null,
    TimeSpan? Lifetime = null)
{
    /// <summary>The most letters of a reason: it becomes a line of a reply (RFC 5321 §4.5.3.1.5).</summary>
    public const int LongestReason = 300;

    /// <summary>It changes what is ordered for a ref, and ends or tries none.</summary>
    public bool ChangesOrders => Action is JobAction.Hold or JobAction.Release or JobAction.Reroute or JobAction.Expire;

    /// <summary>True for mail that was accepted when it was ordered. A standing hold concerns all mail: what comes while it is told of is held by it, too, and released with it.</summary>
    public bool ConcernsAcceptedAt(DateTimeOffset acceptedAt) => Rule.Length > 0 || acceptedAt <= OrderedAt;

    /// <summary>True where there is something to do for a ref: what is as it should be is not taken, and not counted.</summary>
    /// <param name="order">What is ordered for it; null for nothing.</param>
    public bool Takes(RefOrder? order)
    {
        var known = order ?? RefOrder.None;
        return Action switch
        {
            JobAction.Retry => !known.IsHeld,
            // An operator's hold outlasts the standing one that has held the same mail before.
            JobAction.Hold => Rule.Length > 0 ? !known.IsHeld : known.Hold != RefOrder.ByOperator,
            JobAction.Release => Rule.Length > 0 ? known.Hold == Rule : known.IsHeld,
            JobAction.Reroute => known.Route != Route,
            JobAction.Expire => known.ExpiresAt != ExpiresAt || known.Lifetime != Lifetime,
            _ => true,
        };
    }

    /// <summary>What is ordered for a ref once the job has taken it.</summary>
    /// <param name="before">What was.</param>
    /// <param name="areHolds">There are standing holds, which are not to hold again what is released.</param>
    public RefOrder Change(RefOrder before, bool areHolds) => Action switch
    {
        JobAction.Hold => before with { Hold = Rule.Length > 0 ? Rule : RefOrder.ByOperator, IsReleased = false },
        JobAction.Release => before with { Hold = "", IsReleased = areHolds && Rule.Length == 0 },
        JobAction.Reroute => before with { Route = Route },
        JobAction.Expire => before with { ExpiresAt = ExpiresAt, Lifetime = Lifetime },
        _ => before,
    };
}

/// <summary>What a job does to mail.</summary>
public enum JobAction
{
    /// <summary>Tries it now, however long it had to wait. What is held stays held.</summary>
    Retry = 0,

    /// <summary>Gives it up, and tells its sender.</summary>
    Bounce = 1,

    /// <summary>Gives it up, and tells nobody.</summary>
    Drop = 2,

    /// <summary>Keeps it, and attempts it no more, until it is released. It does not expire meanwhile.</summary>
    Hold = 3,

    /// <summary>Gives what is held its old schedule back; whether its time is over, its next attempt decides.</summary>
    Release = 4,

    /// <summary>Sends it another way than its domain's.</summary>
    Reroute = 5,

    /// <summary>Gives it another time at which it is given up.</summary>
    Expire = 6,
}
