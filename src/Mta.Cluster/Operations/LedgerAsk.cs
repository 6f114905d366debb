using Akka.Actor;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Operations;

/// <summary>Asks the ledger of operators' orders until it answers.</summary>
/// <param name="partitions">The partitions' shard region.</param>
/// <param name="clock">The time.</param>
/// <param name="patience">How long an answer may take, at least; longer than the ledger waits for the partitions. Null for 15 s.</param>
internal sealed class LedgerAsk(Func<IActorRef> partitions, TimeProvider clock, TimeSpan? patience = null)
{
    // The ledger waits for the partitions for half of it (QueuePace.OrderPatience).
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(6);

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(15);

    /// <summary>Asks. A partition that moves loses what is sent to it meanwhile; an order that comes twice changes nothing, so it is given again.</summary>
    /// <exception cref="OrderUnansweredException">Nobody answers now.</exception>
    public async Task<T> AskAsync<T>(ILedgerMessage message, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await partitions().Ask<T>(message, AgainAfter, cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is AskTimeoutException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                if (clock.GetElapsedTime(began) >= _patience)
                    throw new OrderUnansweredException("the ledger of operators' orders does not answer; it moves with partition 0", e);
            }
        }
    }
}
