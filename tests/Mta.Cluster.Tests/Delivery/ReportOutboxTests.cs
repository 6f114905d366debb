using Akka.TestKit.Xunit;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery;

/// <summary>A report between nodes is repeated until its queue has it.</summary>
public sealed class ReportOutboxTests : TestKit
{
    private static readonly DeliveryReport Report = new(3, new QueueKey("d.test"), 99, []);
    private readonly FakeTimeProvider _clock = new();
    private readonly RemoteQueue _remote = new();

    [Fact]
    public void A_queue_of_another_node_is_told_again_until_it_answers()
    {
        var outbox = new ReportOutbox(_clock);
        outbox.Send(_remote, Report);
        Assert.Equal([1L], _remote.Told.Select(r => r.ReportId));
        Assert.Equal(0, outbox.Repeat());
        _clock.Advance(ReportOutbox.RepeatAfter);
        Assert.Equal(1, outbox.Repeat());
        Assert.Equal(0, outbox.Repeat());
        Assert.Equal([1L, 1L], _remote.Told.Select(r => r.ReportId));
        outbox.Taken(1);
        Assert.True(outbox.IsEmpty);
        _clock.Advance(ReportOutbox.RepeatAfter);
        Assert.Equal(0, outbox.Repeat());
    }

    [Fact]
    public void Each_report_waits_for_its_own_answer()
    {
        var outbox = new ReportOutbox(_clock);
        outbox.Send(_remote, Report);
        outbox.Send(_remote, Report);
        outbox.Taken(1);
        outbox.Taken(1);
        outbox.Taken(77);
        Assert.False(outbox.IsEmpty);
        _clock.Advance(ReportOutbox.RepeatAfter);
        Assert.Equal(1, outbox.Repeat());
        Assert.Equal([1L, 2L, 2L], _remote.Told.Select(r => r.ReportId));
    }

    [Fact]
    public void What_nobody_takes_is_given_up()
    {
        var outbox = new ReportOutbox(_clock);
        outbox.Send(_remote, Report);
        _clock.Advance(ReportOutbox.GiveUpAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(1, outbox.Repeat());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, outbox.Repeat());
        Assert.True(outbox.IsEmpty);
    }

    [Fact]
    public void A_queue_of_the_same_node_is_told_once_and_answers_nothing()
    {
        var queue = CreateTestProbe();
        var outbox = new ReportOutbox(_clock);
        outbox.Send(queue, Report);
        Assert.Equal(0, queue.ExpectMsg<DeliveryReport>(TimeSpan.FromSeconds(10)).ReportId);
        Assert.True(outbox.IsEmpty);
    }
}
