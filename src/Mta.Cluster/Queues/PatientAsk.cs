using Akka.Actor;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Queues;

/// <summary>Asks at the edge of the system, where who does not answer is named and not waited for.</summary>
internal static class PatientAsk
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>A partition's answer; null where it has none in time. One that says <see cref="AskAgain"/> is asked again, each time after a longer pause.</summary>
    public static async Task<T?> AskPartitionAsync<T>(this ICanTell partitions, IPartitionMessage question, TimeSpan patience, CancellationToken cancel)
        where T : class, IWireMessage
    {
        var began = TimeProvider.System.GetTimestamp();
        var left = patience;
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            var answer = await partitions.AskOrNullAsync<IWireMessage>(question, left, cancel).ConfigureAwait(false);
            if (answer is not AskAgain)
                return (T?)answer;
            left = patience - TimeProvider.System.GetElapsedTime(began) - pause;
            if (left <= TimeSpan.Zero)
                return null;
            await Task.Delay(pause, cancel).ConfigureAwait(false);
        }
    }

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
