using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Intake;

namespace Mta.Benchmarks.Spool;

/// <summary>
/// What it costs to keep the attempts of very many deferred refs, and to settle refs with and without them. Run by <c>attempts [sqlite|postgresql|sqlserver] [refs] [rounds] [connection string]</c>.
/// </summary>
internal static class AttemptLoad
{
    private const int Partitions = 64;
    private const int RefsInMessage = 500;
    private const int Kept = 50;
    private const int AttemptsAtOnce = 5000;
    private const int SettledAtOnce = 500;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var kind = arguments.Length > 0 ? Enum.Parse<SpoolDatabaseKind>(arguments[0], ignoreCase: true) : SpoolDatabaseKind.Sqlite;
        var refs = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1_000_000;
        var rounds = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 3;
        var options = new SpoolOptions { Database = kind, ConnectionString = arguments.Length > 3 ? arguments[3] : "" };
        var directory = Directory.CreateTempSubdirectory("mta-attempt-load-");
        try
        {
            var spool = SpoolRegistration.Create(options, directory.FullName, Partitions, new SpoolHealth(), NullLogger<SqlSpool>.Instance, TimeProvider.System);
            await using (spool.ConfigureAwait(false))
            {
                await spool.OpenAsync(default).ConfigureAwait(false);
                await MeasureAsync(spool, refs, rounds).ConfigureAwait(false);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
        return 0;
    }

    private static async Task MeasureAsync(SqlSpool spool, int refs, int rounds)
    {
        var epochs = new long[Partitions];
        for (var p = 0; p < Partitions; p++)
            epochs[p] = await spool.RaiseEpochAsync(p, "load", default).ConfigureAwait(false);
        var stored = new List<RefId>[Partitions];
        for (var p = 0; p < Partitions; p++)
            stored[p] = [];
        await TellAsync("refs accepted", refs, () => AcceptAsync(spool, refs, stored)).ConfigureAwait(false);
        for (var round = 1; round <= rounds; round++)
        {
            var attempt = round;
            await TellAsync($"attempts kept, round {round}", refs, () => ByPartitionAsync(stored, AttemptsAtOnce, (p, ids) =>
                spool.KeepAsync(new AttemptBatch(p, epochs[p], Kept, [.. ids.Select(id => Attempt(id, attempt))]), default))).ConfigureAwait(false);
        }
        var halves = stored.Select(all => (With: all[..(all.Count / 2)], Without: all[(all.Count / 2)..])).ToArray();
        await TellAsync("refs settled, not said to be deferred", refs / 2, () => ByPartitionAsync([.. halves.Select(h => h.Without)], SettledAtOnce, (p, ids) =>
            spool.SettleAsync(new Settlement(p, epochs[p], [.. ids], [], [], []), default))).ConfigureAwait(false);
        await TellAsync("refs settled, with their attempts", refs / 2, () => ByPartitionAsync([.. halves.Select(h => h.With)], SettledAtOnce, (p, ids) =>
            spool.SettleAsync(new Settlement(p, epochs[p], [.. ids], [], [], []) { Deferred = [.. ids] }, default))).ConfigureAwait(false);
    }

    private static async Task AcceptAsync(SqlSpool spool, int refs, List<RefId>[] stored)
    {
        for (var message = 0; message < refs / RefsInMessage; message += 20)
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AcceptOneAsync(spool, stored))).ConfigureAwait(false);
    }

    private static async Task AcceptOneAsync(SqlSpool spool, List<RefId>[] stored)
    {
        var now = DateTimeOffset.UtcNow;
        var id = MessageId.New(now);
        var drafts = ImmutableArray.CreateBuilder<RefDraft>(RefsInMessage);
        for (var i = 0; i < RefsInMessage; i++)
        {
            var domain = string.Create(CultureInfo.InvariantCulture, $"d{i}.example");
            drafts.Add(new RefDraft(i, i % Partitions, new QueueKey(domain), [new Recipient(new Address("user", domain))]));
            lock (stored[i % Partitions])
                stored[i % Partitions].Add(new RefId(id, i));
        }
        using var body = BodyBuffer.Copy(new byte[1000]);
        var envelope = new Envelope(new Address("sender", "example.org"), [.. drafts.SelectMany(d => d.Recipients)]);
        await spool.AcceptAsync(new NewMessage(id, now, "load", envelope, body, null, false, drafts.MoveToImmutable()), default).ConfigureAwait(false);
    }

    private static Task ByPartitionAsync(List<RefId>[] refs, int atOnce, Func<int, RefId[], Task> act) => Task.WhenAll(refs.Select((ids, partition) => Task.Run(async () =>
    {
        foreach (var portion in ids.Chunk(atOnce))
            await act(partition, portion).ConfigureAwait(false);
    })));

    private static EncodedAttempt Attempt(RefId id, int attempt)
    {
        var at = DateTimeOffset.UtcNow;
        return AttemptCodec.Encode(
        [
            new AttemptRecord(
                id, attempt, at, at, new Address("sender", "example.org"), new Address("user", "d0.example"), AttemptResult.Deferred, DeferralReason.RecipientDeferred,
                new SmtpReply(451, new EnhancedCode(4, 7, 1), "Greylisted, see https://postmaster.example.com/greylisting for what that means"),
                new DeliveryPeer("mx1.example.com", "192.0.2.7:25", "TLS1.3 TLS_AES_256_GCM_SHA384") { Node = "mta-0.mta.example.org", Source = "192.0.2.1" }, at.AddHours(1)),
        ], "mta-0.mta.example.org")[0];
    }

    private static async Task TellAsync(string what, int count, Func<Task> run)
    {
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        await run().ConfigureAwait(false);
        var took = watch.Elapsed.TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {count / took:N0}/s, {cpu.TotalMicroseconds / count:F1} us CPU each"));
    }
}
