using Mta.Cluster.Audit;
using Mta.Cluster.Tests.Spool;
using Xunit;

namespace Mta.Cluster.Tests.Audit;

/// <summary>What every database must do with the audit log.</summary>
public abstract class AuditLogSuite : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private SpoolHarness _harness = null!;
    private SqlAuditLog _audit = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<SpoolHarness> StartAsync();

    public async ValueTask InitializeAsync()
    {
        _harness = await StartAsync();
        await (await _harness.OpenAsync()).DisposeAsync();
        _audit = SqlAuditLog.Create(_harness.Options(), _harness.Directory);
    }

    public async ValueTask DisposeAsync()
    {
        _audit?.Dispose();
        if (_harness is not null)
            await _harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_action_is_there_before_it_ends_and_with_its_outcome_after()
    {
        var action = Action("otto", "node.drain", 0);
        var id = await _audit.BeginAsync(action, Cancel);
        Assert.Equal(new AuditEntry(id, action, null, ""), Assert.Single(await ListAsync()));
        await _audit.EndAsync(id, Noon.AddSeconds(1), "drained", Cancel);
        Assert.Equal(new AuditEntry(id, action, Noon.AddSeconds(1), "drained"), Assert.Single(await ListAsync()));
    }

    [Fact]
    public async Task Pages_go_from_the_latest_to_the_oldest_and_meet_no_record_twice()
    {
        for (var i = 0; i < 7; i++)
            await _audit.BeginAsync(Action(i % 2 == 0 ? "otto" : "olga", "node.drain", i), Cancel);
        List<int> seen = [];
        long? before = null;
        for (var page = await _audit.ListAsync(before, 3, "", "", Cancel); page.Length > 0; page = await _audit.ListAsync(before, 3, "", "", Cancel))
        {
            seen.AddRange(page.Select(e => (int)(e.Action.At - Noon).TotalMinutes));
            before = page[^1].Id;
        }
        Assert.Equal([6, 5, 4, 3, 2, 1, 0], seen);
    }

    [Fact]
    public async Task Records_are_found_by_who_and_what()
    {
        await _audit.BeginAsync(Action("otto", "node.drain", 0), Cancel);
        await _audit.BeginAsync(Action("olga", "node.drain", 1), Cancel);
        await _audit.BeginAsync(Action("olga", "member.change", 2), Cancel);
        Assert.Equal(2, (await _audit.ListAsync(null, 10, "olga", "", Cancel)).Length);
        Assert.Equal("olga", Assert.Single(await _audit.ListAsync(null, 10, "", "member.change", Cancel)).Action.Who);
        Assert.Empty(await _audit.ListAsync(null, 10, "otto", "member.change", Cancel));
    }

    [Fact]
    public async Task Old_records_are_forgotten_and_numbers_are_not_given_again()
    {
        await _audit.BeginAsync(Action("otto", "node.drain", 0), Cancel);
        var last = await _audit.BeginAsync(Action("otto", "node.drain", 1), Cancel);
        Assert.Equal(2, await _audit.ForgetAsync(Noon.AddMinutes(2), Cancel));
        Assert.Empty(await ListAsync());
        Assert.True(await _audit.BeginAsync(Action("otto", "node.drain", 3), Cancel) > last);
    }

    [Fact]
    public async Task The_table_is_made_in_a_database_that_has_none_of_it()
    {
        // A database of the time before the log.
        await _harness.ExecuteAsync("DROP TABLE audit_log");
        await Assert.ThrowsAsync<AuditUnavailableException>(() => ListAsync());
        await (await _harness.OpenAsync()).DisposeAsync();
        Assert.Empty(await ListAsync());
    }

    private async Task<IReadOnlyList<AuditEntry>> ListAsync() => await _audit.ListAsync(null, 100, "", "", Cancel);

    private static AuditAction Action(string who, string action, int minute) =>
        new(Noon.AddMinutes(minute), who, "192.0.2.1", "mx1.example", action, "mx2.example:4053", "reason=maintenance δ");
}
