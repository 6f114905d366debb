using System.Diagnostics;

namespace Mta.Cli.Bench;

/// <summary>Sends a plan's messages over its sessions. Each message is sent once; what becomes of it stands in the tally.</summary>
internal sealed class BenchGenerator(BenchPlan plan, BenchTally tally)
{
    private const int ConnectAttempts = 25;
    private static readonly TimeSpan PauseBetweenAttempts = TimeSpan.FromMilliseconds(200);
    private readonly MessageText[] _texts = [.. plan.Sizes.Sizes.Select(size => new MessageText(size))];
    private readonly Pace _pace = new(plan.Rate);
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _next;

    /// <summary>Completes when all messages have their result, the time is up, no session can be had any more, or it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, plan.Sessions).Select(number => Task.Run(() => SessionsAsync(number, cancel), CancellationToken.None)));

    private async Task SessionsAsync(int number, CancellationToken cancel)
    {
        for (var attempts = 0; attempts < ConnectAttempts && HasWork && !cancel.IsCancellationRequested;)
        {
            try
            {
                using var session = await BenchSession.OpenAsync(plan, _texts, number, cancel).ConfigureAwait(false);
                attempts = 0;
                await CarryAsync(session, cancel).ConfigureAwait(false);
            }
            catch (IOException error)
            {
                attempts++;
                tally.FailToConnect(error);
                await Task.Delay(PauseBetweenAttempts, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(BenchSession session, CancellationToken cancel)
    {
        for (var sent = 0; sent < plan.MessagesPerSession; sent++)
        {
            if (cancel.IsCancellationRequested || !TryNext(out var ordinal))
                break;
            await _pace.TurnOfAsync(ordinal, cancel).ConfigureAwait(false);
            if (!await session.SendAsync(BenchMessage.Of(plan, plan.FirstId + ordinal), tally).ConfigureAwait(false))
                return;
        }
        await session.QuitAsync().ConfigureAwait(false);
    }

    private bool HasWork =>
        Volatile.Read(ref _next) < (plan.Messages ?? long.MaxValue) && (plan.Duration is not { } limit || Stopwatch.GetElapsedTime(_start) < limit);

    private bool TryNext(out long ordinal)
    {
        ordinal = -1;
        if (!HasWork)
            return false;
        ordinal = Interlocked.Increment(ref _next) - 1;
        return ordinal < (plan.Messages ?? long.MaxValue);
    }
}
