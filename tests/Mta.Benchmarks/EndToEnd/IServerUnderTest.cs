using System.Net;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>A mail server, of one or more nodes, that relays everything to one port; started fresh for a run.</summary>
internal interface IServerUnderTest : IAsyncDisposable
{
    /// <summary>Where it takes mail.</summary>
    IReadOnlyList<EndPoint> Smtp { get; }

    /// <summary>All its processes, the database among them.</summary>
    IReadOnlyList<int> Processes { get; }

    /// <summary>What all its processes have used so far, those that have ended among them.</summary>
    ServerCost Cost();

    /// <summary>Completes when nothing is queued and everything is recorded.</summary>
    Task UntilEmptyAsync();
}
