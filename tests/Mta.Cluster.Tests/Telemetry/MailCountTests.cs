using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Xunit;

namespace Mta.Cluster.Tests.Telemetry;

/// <summary>What a node says that it has done to mail is what its instruments counted, whether anybody reads them or not.</summary>
public sealed class MailCountTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SmtpReply Reply = new(250, new EnhancedCode(2, 0, 0), "ok");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Each_result_is_counted_where_it_belongs_and_what_is_given_up_is_bounced()
    {
        using QueueMetrics metrics = new(_services.GetRequiredService<IMeterFactory>());
        Assert.Equal(new MailCounts(0, 0, 0, 0), metrics.Mail);
        foreach (var result in new[] { AttemptResult.Delivered, AttemptResult.Deferred, AttemptResult.Deferred, AttemptResult.Rejected, AttemptResult.Rejected, AttemptResult.Expired, AttemptResult.Delivered })
            metrics.Attempted(Attempt(result));
        for (var i = 0; i < 5; i++)
            metrics.Accepted();
        Assert.Equal(new MailCounts(5, 2, 2, 3), metrics.Mail);
    }

    private static AttemptRecord Attempt(AttemptResult result) => new(
        new RefId(MessageId.New(Noon), 0), 1, Noon, Noon, null, null, result, result == AttemptResult.Deferred ? DeferralReason.RecipientDeferred : DeferralReason.None, Reply, null, null);
}
