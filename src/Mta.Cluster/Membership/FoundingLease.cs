using Akka;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Leases;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Membership;

/// <summary>
/// The lease that says whether a cluster lives on this database. It belongs to the cluster, not to a node: all members renew it under the founder's name, and the last one to leave gives
/// it back. The law:
/// <code>
/// none ─Take─▶ taken, or another holds it           (a node that would found)
/// none, taken ─Hold─▶ held                          (a member: shares what the database has, or takes it)
/// held ─refused─▶ Hold again, where a member of this cluster has taken it anew; else the node ends, because another cluster has been founded
/// </code>
/// </summary>
internal sealed class FoundingLease : ReceiveActor, IWithTimers
{
    /// <summary>The lease's name in the database.</summary>
    public const string Name = "founding";

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly LeaseKeeper _keeper;
    private readonly LeaseTerms _terms;
    private readonly ILogger _log;
    private readonly Action<Exception> _refused;
    private HeldLease? _held;
    private bool _wasHeld;

    public FoundingLease(FoundingTerms founding, ILogger log)
    {
        (_keeper, _terms) = (founding.Keeper, founding.Terms);
        _log = log;
        var self = Self;
        _refused = _ => self.Tell(Refused.Instance);
        Become(Outside);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The name of a cluster that a node founds. Another start of the same node is another name: it is not the cluster that it founded.</summary>
    public static string OwnerOf(UniqueAddress node) => FormattableString.Invariant($"{node.Address.HostPort()}#{node.Uid}");

    public static Props Props(FoundingTerms founding, ILogger log) => Akka.Actor.Props.Create(() => new FoundingLease(founding, log));

    protected override void PreStart() =>
        CoordinatedShutdown.Get(Context.System).AddTask(CoordinatedShutdown.PhaseClusterLeave, "founding-lease", GiveBackAsync);

    private void Outside()
    {
        Receive<Take>(_ => AcquireAsync().PipeTo(Self, failure: e => new Unknown(e.Message)));
        Receive<Taken>(m =>
        {
            _held = m.Lease;
            Context.Parent.Tell(m);
        });
        Receive<HeldBy>(Context.Parent.Tell);
        Receive<Unknown>(Context.Parent.Tell);
        Receive<Refused>(_ => _held = null);
        Receive<Hold>(_ =>
        {
            Become(Inside);
            BeginHold();
        });
    }

    private void Inside()
    {
        Receive<Taken>(m => Keep(m.Lease));
        Receive<HeldBy>(m => Share(m.Row));
        Receive<Unknown>(_ => Timers.StartSingleTimer(nameof(Hold), Hold.Instance, TryAgainAfter));
        Receive<Hold>(_ => BeginHold());
        Receive<Refused>(_ => Lost());
    }

    // What another has taken, alive or not, is read.
    private async Task<object> AcquireAsync()
    {
        var taken = await _keeper.AcquireAsync(Name, OwnerOf(_cluster.SelfUniqueAddress), _terms, _refused).ConfigureAwait(false);
        if (taken is not null)
            return new Taken(taken);
        var row = await _keeper.ReadAsync(Name, _terms.OperationTimeout).ConfigureAwait(false);
        return row is not null ? new HeldBy(row) : new Unknown("the founding lease changes hands");
    }

    private void BeginHold()
    {
        if (_held is { } founded)
            Keep(founded);
        else
            ReadOrAcquireAsync().PipeTo(Self, failure: e => new Unknown(e.Message));
    }

    private async Task<object> ReadOrAcquireAsync()
    {
        var row = await _keeper.ReadAsync(Name, _terms.OperationTimeout).ConfigureAwait(false);
        return row is not null ? new HeldBy(row) : await AcquireAsync().ConfigureAwait(false);
    }

    private void Share(LeaseRow row)
    {
        // Who has just joined a cluster takes what is there for that cluster's; who has been in one knows better.
        if (_wasHeld && !IsMember(row.Owner))
            EndNode(row.Owner);
        else
            Keep(_keeper.Share(new LeaseKey(Name, row.Version), row.Owner, _terms, _refused));
    }

    private void Keep(HeldLease lease)
    {
        (_held, _wasHeld) = (lease, true);
        _log.Member(lease.Owner);
    }

    private void Lost()
    {
        _held = null;
        BeginHold();
    }

    private bool IsMember(string owner) => _cluster.State.Members.Any(m => OwnerOf(m.UniqueAddress) == owner);

    private void EndNode(string owner)
    {
        _log.AnotherCluster(owner);
        CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
    }

    // Where two that are the last leave at once, neither may see that; then the lease ends by itself.
    private async Task<Done> GiveBackAsync()
    {
        if (_held is not { } held)
            return Done.Instance;
        if (!IsLast())
        {
            _keeper.Forget(held);
            return Done.Instance;
        }
        try
        {
            await _keeper.ReleaseAsync(held).ConfigureAwait(false);
            _log.LastMember();
        }
        catch (TimeoutException)
        {
            // It ends by itself.
        }
        return Done.Instance;
    }

    private bool IsLast() => _cluster.SelfMember.Status != MemberStatus.Down && !_cluster.State.Members.Any(
        m => m.UniqueAddress != _cluster.SelfUniqueAddress && m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up);

    /// <summary>To found a cluster: answered to the parent by <see cref="Taken"/>, <see cref="HeldBy"/> or <see cref="Unknown"/>.</summary>
    internal sealed class Take
    {
        public static Take Instance { get; } = new();
    }

    /// <summary>This node is a member: hold the cluster's lease from now on.</summary>
    internal sealed class Hold
    {
        public static Hold Instance { get; } = new();
    }

    /// <summary>It is this node's.</summary>
    internal sealed record Taken(HeldLease Lease);

    /// <summary>It is another's.</summary>
    internal sealed record HeldBy(LeaseRow Row);

    /// <summary>The database did not say.</summary>
    internal sealed record Unknown(string Problem);

    private sealed class Refused
    {
        public static Refused Instance { get; } = new();
    }
}
