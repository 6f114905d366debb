using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;

namespace Mta.Benchmarks.Spool;

/// <summary>
/// Callers that accept a message and settle it at once, as many as are asked for: what one node's spool carries. Run by
/// <c>spool [sqlite|postgresql|sqlserver] [seconds] [callers] [body octets] [connection string]</c>.
/// </summary>
internal static class SpoolLoad
{
    private const int Partitions = 64;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var kind = arguments.Length > 0 ? Enum.Parse<SpoolDatabaseKind>(arguments[0], ignoreCase: true) : SpoolDatabaseKind.Sqlite;
        var seconds = Number(arguments, 1, 5);
        var callers = Number(arguments, 2, 200);
        var size = Number(arguments, 3, 2048);
        var options = new SpoolOptions { Database = kind, ConnectionString = arguments.Length > 4 ? arguments[4] : "" };
        var directory = Directory.CreateTempSubdirectory("mta-spool-load-");
        try
        {
            var spool = SpoolRegistration.Create(
                options, directory.FullName, Partitions, new SpoolHealth(), NullLogger<SqlSpool>.Instance, TimeProvider.System);
            await using (spool.ConfigureAwait(false))
            {
                await spool.OpenAsync(default).ConfigureAwait(false);
                await MeasureAsync(spool, seconds, callers, size).ConfigureAwait(false);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
        return 0;
    }

    private static async Task MeasureAsync(SqlSpool spool, int seconds, int callers, int size)
    {
        var epochs = new long[Partitions];
        for (var p = 0; p < Partitions; p++)
            epochs[p] = await spool.RaiseEpochAsync(p, "load", default).ConfigureAwait(false);
        await CarryAsync(spool, epochs, callers, size, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        long commits = 0;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "mta.spool.commits")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref commits, value));
        listener.Start();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var done = await CarryAsync(spool, epochs, callers, size, TimeSpan.FromSeconds(seconds)).ConfigureAwait(false);
        var took = watch.Elapsed.TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{callers} callers, {size} octets: {done / took:N0} messages/s accepted and settled, {commits / took:N0} commits/s, {2.0 * done / commits:F0} writes a commit, {cpu.TotalMicroseconds / done:F0} us CPU a message"));
    }

    private static async Task<long> CarryAsync(SqlSpool spool, long[] epochs, int callers, int size, TimeSpan time)
    {
        long done = 0;
        var body = new byte[size];
        Random.Shared.NextBytes(body);
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var partition = caller % Partitions;
            while (Stopwatch.GetTimestamp() < end)
            {
                await CarryOneAsync(spool, body, partition, epochs[partition]).ConfigureAwait(false);
                Interlocked.Increment(ref done);
                partition = (partition + 7) % Partitions;
            }
        }))).ConfigureAwait(false);
        return done;
    }

    private static async Task CarryOneAsync(SqlSpool spool, byte[] body, int partition, long epoch)
    {
        var now = DateTimeOffset.UtcNow;
        var recipient = new Recipient(new Address("user", "example.com"));
        using var buffer = BodyBuffer.Copy(body);
        var message = new NewMessage(
            MessageId.New(now), now, "node-0", new Envelope(new Address("sender", "example.org"), [recipient]), buffer, null, false,
            [new RefDraft(0, partition, new QueueKey("example.com"), [recipient])]);
        await spool.AcceptAsync(message, default).ConfigureAwait(false);
        var settled = await spool.SettleAsync(new Settlement(partition, epoch, [new RefId(message.Id, 0)], [], [], []), default).ConfigureAwait(false);
        if (settled != SettleResult.Settled)
            throw new InvalidOperationException("The settlement was fenced.");
    }

    private static int Number(string[] arguments, int index, int otherwise) =>
        arguments.Length > index ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : otherwise;
}
