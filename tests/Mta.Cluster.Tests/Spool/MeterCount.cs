using System.Diagnostics.Metrics;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Tests.Spool;

/// <summary>Counts what a counter of one spool was raised by while this is alive.</summary>
internal sealed class MeterCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _total;

    public MeterCount(SqlSpool spool, string instrument)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (ReferenceEquals(published.Meter, spool.Meter) && published.Name == instrument)
                listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _total, value));
        _listener.Start();
    }

    public long Total => Interlocked.Read(ref _total);

    public void Dispose() => _listener.Dispose();
}

/// <summary>The real clock's speed at another date.</summary>
internal sealed class LaterClock(DateTimeOffset start) : TimeProvider
{
    private readonly long _began = Environment.TickCount64;

    public override DateTimeOffset GetUtcNow() => start.AddMilliseconds(Environment.TickCount64 - _began);
}
