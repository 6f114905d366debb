using Akka.Actor;

namespace Mta.Cluster.Queues;

/// <summary>Asks at the edge of the system, where who does not answer is named and not waited for.</summary>
internal static class PatientAsk
{
    /// <summary>The answer; null where none came in time.</summary>
    public static async Task<T?> AskOrNullAsync<T>(this ICanTell asked, object question, TimeSpan patience, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await asked.Ask<T>(question, patience, cancel).ConfigureAwait(false);
        }
        catch (Exception silent) when (silent is AskTimeoutException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
