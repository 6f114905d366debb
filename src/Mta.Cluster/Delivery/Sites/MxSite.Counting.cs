using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Sites;

// Before a site opens its first connection: what an owner that died has left on other nodes still carries its batches, and counts against the site's limit.
internal sealed partial class MxSite
{
    private readonly SiteCensus _census = new();
    // The last word of each queue that offered work meanwhile.
    private readonly Dictionary<QueueKey, OfferWork> _early = [];
    private TimeSpan _counted;

    private void Counting()
    {
        Receive<OfferWork>(m => _early[m.Queue] = m);
        Receive<ConnectionStarted>(m => m.Connection.Tell(new CloseConnection(m.ConnectionId)));
        Receive<ConnectionReady>(m => m.Connection.Tell(new CloseConnection(m.ConnectionId)));
        Receive<ConnectionsLeft>(m =>
        {
            _census.Hear(m.Census, m.Count);
            ServeWhenCounted();
        });
        Receive<Tick>(_ =>
        {
            _counted += TickEvery;
            Ask();
            if (_counted.TotalSeconds % 10 == 0 && !_census.IsComplete)
                _services.Log.SiteCounting(_site, string.Join(", ", _census.Silent), _counted.TotalSeconds);
            ServeWhenCounted();
        });
        Receive<StopSite>(_ => Context.Stop(Self));
        ReceiveAny(_ => { });
    }

    private void BeginCensus()
    {
        _census.Begin(_services.Egress.All());
        Ask();
        ServeWhenCounted();
    }

    private void ServeWhenCounted()
    {
        if (!_census.IsComplete)
            return;
        if (_census.Total > 0)
            _services.Log.SiteInherits(_site, _census.Total);
        Become(Serving);
        foreach (var offer in _early.Values)
            Offer(offer);
        _early.Clear();
    }

    private void HearLeft(ConnectionsLeft left)
    {
        _census.Hear(left.Census, left.Count);
        Step(machine => machine.Inherited(_census.Total, _services.Now));
    }

    // Answers may be lost, and a node that is removed has none left.
    private void CountAgain()
    {
        if (_census.Total == 0)
            return;
        Ask();
        Step(machine => machine.Inherited(_census.Total, _services.Now));
    }

    private void Ask()
    {
        foreach (var (node, number) in _census.Open(_services.Egress.All()))
            node.Egress.Tell(new CountConnections(_site, number, Self), Self);
    }
}
