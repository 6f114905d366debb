using System.Net;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>A mail server that relays everything to one port, started fresh for a run.</summary>
internal interface IServerUnderTest : IAsyncDisposable
{
    /// <summary>Where it takes mail.</summary>
    IPEndPoint Smtp { get; }

    /// <summary>What all its processes have used so far.</summary>
    ServerCost Cost();

    /// <summary>Most resident memory of its processes together, in octets, since the last reset.</summary>
    long PeakResident();

    /// <summary>Begins a new count of the most resident memory.</summary>
    void ResetPeak();

    /// <summary>Completes when nothing is queued and everything is recorded.</summary>
    Task UntilEmptyAsync();
}
