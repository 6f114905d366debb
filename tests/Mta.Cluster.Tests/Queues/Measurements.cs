using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Tests.Queues;

/// <summary>The queues' instruments, and what they measured, one by one: the events that tests wait for.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Channel<double>> _measured = new();

    public Measurements()
    {
        Instruments = new QueueMetrics(_services.GetRequiredService<IMeterFactory>());
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Keep(instrument, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Keep(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Keep(instrument, value));
        _listener.Start();
    }

    public QueueMetrics Instruments { get; }

    /// <summary>The next measurement of an instrument, already made or still to come.</summary>
    public Task<double> NextAsync(string instrument, CancellationToken cancel) => Of(instrument).Reader.ReadAsync(cancel).AsTask();

    /// <summary>The measurements of an instrument that nobody has waited for.</summary>
    public IReadOnlyList<double> Rest(string instrument)
    {
        var rest = new List<double>();
        while (Of(instrument).Reader.TryRead(out var value))
            rest.Add(value);
        return rest;
    }

    /// <summary>Reads the gauges; their values are measurements like others.</summary>
    public void ReadGauges() => _listener.RecordObservableInstruments();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Keep(Instrument instrument, double value) => Of(instrument.Name).Writer.TryWrite(value);

    private Channel<double> Of(string instrument) => _measured.GetOrAdd(instrument, _ => Channel.CreateUnbounded<double>());
}
