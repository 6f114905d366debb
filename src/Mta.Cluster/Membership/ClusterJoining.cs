using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Leases;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Membership;

/// <summary>
/// Brings the node into the cluster. The law:
/// <code>
/// Looking ─a seed answers─▶ joined
/// Looking ─this node may found, nobody has answered for a while, and it gets the founding lease─▶ joined with itself
/// </code>
/// A node that founds by itself because nobody answers cannot tell a cluster that is gone from one that it does not reach. The lease can: all members renew it
/// together, so it is free only when none of them lives.
/// </summary>
internal sealed class ClusterJoining : ReceiveActor, IWithTimers
{
    private const string LeaseActor = "founding-lease";

    /// <summary>How long others are asked before this node founds: longer than a living member's answer takes.</summary>
    private static readonly TimeSpan AskOthersFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(15);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ClusterPlace _place;
    private readonly FoundingTerms? _terms;
    private readonly ILogger _log;
    private TimeSpan _outside;
    private string _lastProblem = "";

    public ClusterJoining(ClusterPlace place, FoundingTerms? terms, ILogger log)
    {
        _place = place;
        _terms = terms;
        _log = log;
        Receive<Found>(_ => TryFound());
        Receive<FoundingLease.Taken>(FoundWith);
        Receive<FoundingLease.HeldBy>(NotFree);
        Receive<FoundingLease.Unknown>(m => Retry(m.Problem, () => _log.NoDatabase(LogText.Escape(m.Problem))));
        Receive<Say>(_ => SayOutside());
        Receive<MemberIsUp>(_ => Joined());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private string Seeds => string.Join(", ", _place.OtherSeeds);

    private bool IsInside => _cluster.SelfMember.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up;

    /// <summary>The actor's recipe.</summary>
    /// <param name="place">The node's place.</param>
    /// <param name="terms">The founding lease; null for a node with a database of its own, which founds without one.</param>
    /// <param name="log">The log.</param>
    public static Props Props(ClusterPlace place, FoundingTerms? terms, ILogger log) => Akka.Actor.Props.Create(() => new ClusterJoining(place, terms, log));

    protected override void PreStart()
    {
        var self = Self;
        _cluster.RegisterOnMemberUp(() => self.Tell(MemberIsUp.Instance));
        if (_terms is not null)
            Context.ActorOf(FoundingLease.Props(_terms, _log), LeaseActor);
        if (!_place.IsAlone)
        {
            _log.Looking(Seeds);
            _cluster.JoinSeedNodes(_place.OtherSeeds.Select(AddressOf));
            Timers.StartPeriodicTimer(nameof(Say), Say.Instance, SayEvery);
        }
        if (_place.Founds)
            Timers.StartSingleTimer(nameof(Found), Found.Instance, _place.IsAlone ? TimeSpan.Zero : AskOthersFor);
    }

    private void TryFound()
    {
        if (IsInside)
            return;
        if (_terms is null)
            JoinSelf();
        else
            Context.Child(LeaseActor).Tell(FoundingLease.Take.Instance);
    }

    private void FoundWith(FoundingLease.Taken taken)
    {
        // Somebody answered at last: then the lease is that cluster's, which had lost it.
        if (!IsInside)
            JoinSelf();
    }

    private void JoinSelf()
    {
        _log.Founding(FoundingLease.OwnerOf(_cluster.SelfUniqueAddress));
        _cluster.Join(_cluster.SelfAddress);
    }

    private void NotFree(FoundingLease.HeldBy held) =>
        Retry(held.Row.Owner, () => _log.NotFounding(held.Row.Owner, Math.Max(0, held.Row.Left.TotalSeconds), _place.IsAlone ? "no seed" : Seeds));

    private void Retry(string problem, Action say)
    {
        if (problem != _lastProblem)
            say();
        _lastProblem = problem;
        Timers.StartSingleTimer(nameof(Found), Found.Instance, TryAgainAfter);
    }

    private void SayOutside()
    {
        _outside += SayEvery;
        var founder = _place.Founds ? "this node may not found one" : "only the first seed may found one";
        _log.StillOutside(_outside.TotalSeconds, Seeds, founder);
    }

    private void Joined()
    {
        Timers.CancelAll();
        if (_terms is not null)
            Context.Child(LeaseActor).Tell(FoundingLease.Hold.Instance);
    }

    // The protocol is part of an address, and differs with TLS.
    private Address AddressOf(string seed)
    {
        var uri = new Uri($"tcp://{seed}");
        return new Address(_cluster.SelfAddress.Protocol, _cluster.SelfAddress.System, uri.Host, uri.Port);
    }

    private sealed class Found
    {
        public static Found Instance { get; } = new();
    }

    private sealed class Say
    {
        public static Say Instance { get; } = new();
    }

    private sealed class MemberIsUp
    {
        public static MemberIsUp Instance { get; } = new();
    }
}

/// <summary>What the founding lease is kept by.</summary>
/// <param name="Keeper">The keeper of the node's leases.</param>
/// <param name="Terms">How it is held.</param>
internal sealed record FoundingTerms(LeaseKeeper Keeper, LeaseTerms Terms);
