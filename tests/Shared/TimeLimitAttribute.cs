using System.Collections.Concurrent;
using System.Reflection;
using Xunit.v3;

namespace Mta.Testing;

/// <summary>
/// Cancels a test that runs longer, so that one that waits for what never comes fails by its name, and does not take all that stand behind it along. It reaches what
/// waits with the test's token; what does not is named by the runner (<c>-longRunning</c>).
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TimeLimitAttribute(int minutes) : BeforeAfterTestAttribute
{
    private readonly ConcurrentDictionary<string, Timer> _running = new(StringComparer.Ordinal);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        // Some projects have the name at hand, others do not.
        var context = Xunit.TestContext.Current;
        _running[test.UniqueID] = new Timer(
            _ =>
            {
                context.SendDiagnosticMessage($"{test.TestDisplayName} is cancelled after {minutes} minutes");
                context.CancelCurrentTest();
            },
            null,
            TimeSpan.FromMinutes(minutes),
            Timeout.InfiniteTimeSpan);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_running.TryRemove(test.UniqueID, out var timer))
            timer.Dispose();
    }
}
