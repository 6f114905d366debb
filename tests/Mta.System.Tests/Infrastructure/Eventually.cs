namespace Mta.SystemTests.Infrastructure;

/// <summary>Waiting for a state of another process, which has no event to await.</summary>
internal static class Eventually
{
    /// <summary>Looks again and again until the condition holds; past the limit it throws with the description.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, TimeSpan limit, Func<Task<string>>? describe = null)
    {
        using var patience = new CancellationTokenSource(limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"does not hold after {limit}: {(describe is null ? "" : await describe())}");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>As above, for a condition that is known at once.</summary>
    public static Task HoldsAsync(Func<bool> condition, TimeSpan limit, Func<string>? describe = null) =>
        HoldsAsync(() => Task.FromResult(condition()), limit, describe is null ? null : () => Task.FromResult(describe()));
}
