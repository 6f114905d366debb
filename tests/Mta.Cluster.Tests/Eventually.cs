using Xunit;

namespace Mta.Cluster.Tests;

/// <summary>For what announces itself nowhere: asks until it is so.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Completes when the condition holds; fails with what <paramref name="otherwise"/> says when it does not in time.</summary>
    public static async Task IsSoAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
                Assert.Fail(otherwise());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As above, of something that is known at once.</summary>
    public static Task IsSoAsync(Func<bool> condition, Func<string> otherwise) => IsSoAsync(() => Task.FromResult(condition()), otherwise);
}
