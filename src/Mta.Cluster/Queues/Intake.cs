using Microsoft.Extensions.Logging;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.Intake;

namespace Mta.Cluster.Queues;

/// <summary>The way in: refs by domain, one commit in the spool, and a hint to each partition once the commit is on the disk.</summary>
internal sealed class Intake(
    ISpool spool, SpoolHealth health, RefSplitter splitter, HintOutbox hints, QueueMetrics metrics, ILogger log, string nodeName) : IIntake
{
    private volatile bool _isOpen;

    /// <inheritdoc/>
    public bool IsOpen => _isOpen && health.IsAvailable;

    /// <summary>Begins to take mail: the partitions can be told of it.</summary>
    public void Open() => _isOpen = true;

    /// <summary>Takes nothing more: the node is leaving. What has begun is still stored.</summary>
    public void Close() => _isOpen = false;

    /// <inheritdoc/>
    public IChunkedBodyWriter WriteChunks(MessageId id) => spool.WriteChunks(id);

    /// <inheritdoc/>
    public async Task AcceptAsync(IncomingMessage message, CancellationToken cancel)
    {
        var stored = new NewMessage(
            message.Id, message.ArrivedAt, nodeName, message.Envelope, message.Inline, message.Chunks, message.HasEightBit,
            splitter.Split(message.Id, message.Envelope));
        await spool.AcceptAsync(stored, cancel).ConfigureAwait(false);
        metrics.Accepted();
        if (!hints.Announce(stored))
            log.HintsDropped(message.Id.ToString());
    }
}
