using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Mta.Cli.Bench;

/// <summary>One run: generator, a sink where one is wanted, progress, and the wait for what is still on its way.</summary>
internal sealed class BenchRun(BenchPlan plan, IPEndPoint? sink, TimeSpan drain, string? idFile, TextWriter? progress)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Completes when everything is sent and, with a sink, has arrived or has had its time.</summary>
    /// <param name="cancel">Ends the sending; what is sent is still counted.</param>
    public async Task<BenchReport> RunAsync(CancellationToken cancel)
    {
        using var ids = idFile is null ? null : new IdFile(idFile);
        var listening = sink is null ? null : new BenchSink(sink);
        var tally = new BenchTally(ids);
        try
        {
            var start = Stopwatch.GetTimestamp();
            await WatchAsync(new BenchGenerator(plan, tally).RunAsync(cancel), tally, listening).ConfigureAwait(false);
            var took = Stopwatch.GetElapsedTime(start);
            var lost = listening is null ? 0 : await LostAsync(listening, tally, cancel).ConfigureAwait(false);
            return new BenchReport { Took = took, Tally = tally, Sink = listening, Lost = lost };
        }
        finally
        {
            if (listening is not null)
                await listening.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task WatchAsync(Task sending, BenchTally tally, BenchSink? listening)
    {
        if (progress is null)
        {
            await sending.ConfigureAwait(false);
            return;
        }
        long before = 0;
        while (await Task.WhenAny(sending, Task.Delay(Tick, CancellationToken.None)).ConfigureAwait(false) != sending)
        {
            var now = tally.Accepted;
            var arrived = listening is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {listening.Arrived.Different} arrived");
            await progress.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{now} accepted (+{now - before}), {tally.Refused} refused, {tally.Unanswered + tally.Unsent} broken{arrived}")).ConfigureAwait(false);
            before = now;
        }
        await sending.ConfigureAwait(false);
    }

    // As long as mail arrives there is hope: the limit counts from the last arrival.
    private async Task<long> LostAsync(BenchSink listening, BenchTally tally, CancellationToken cancel)
    {
        var limit = Stopwatch.GetTimestamp();
        var before = listening.Arrived.Different;
        while (Missing(listening, tally) > 0 && Stopwatch.GetElapsedTime(limit) < drain && !cancel.IsCancellationRequested)
        {
            await Task.WhenAny(listening.Arrived.UntilAsync(listening.Arrived.Different + 1), Task.Delay(Tick, cancel)).ConfigureAwait(false);
            if (listening.Arrived.Different == before)
                continue;
            before = listening.Arrived.Different;
            limit = Stopwatch.GetTimestamp();
        }
        return Missing(listening, tally);
    }

    // The numbers are looked at one by one only where the count alone does not tell.
    private static long Missing(BenchSink listening, BenchTally tally) =>
        listening.Arrived.Different < tally.Accepted
            ? tally.Accepted - listening.Arrived.Different
            : tally.Ids.All().LongCount(id => listening.Arrived.Of(id) == 0);
}
