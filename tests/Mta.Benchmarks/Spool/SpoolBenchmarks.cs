using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;

namespace Mta.Benchmarks.Spool;

/// <summary>Accept and settle on SQLite, with its fsyncs, by so many callers at a time.</summary>
[MemoryDiagnoser]
public class SpoolBenchmarks
{
    private const int Rounds = 10;
    private readonly Recipient _recipient = new(new Address("user", "example.com"));
    private readonly byte[] _body = new byte[2048];
    private DirectoryInfo? _directory;
    private SqlSpool? _spool;
    private long _epoch;

    [Params(1, 50)]
    public int Callers { get; set; }

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _directory = Directory.CreateTempSubdirectory("mta-spool-bench-");
        _spool = SpoolRegistration.Create(
            new SpoolOptions(), _directory.FullName, 1, new SpoolHealth(), NullLogger<SqlSpool>.Instance, TimeProvider.System);
        await _spool.OpenAsync(default).ConfigureAwait(false);
        _epoch = await _spool.RaiseEpochAsync(0, "bench", default).ConfigureAwait(false);
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _spool!.DisposeAsync().ConfigureAwait(false);
        _directory!.Delete(recursive: true);
    }

    /// <summary>Each caller accepts and settles ten messages of 2 KB, one after the other.</summary>
    [Benchmark]
    public Task Ten_messages_by_each_caller() => Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallerAsync()));

    private async Task CallerAsync()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var now = DateTimeOffset.UtcNow;
            using var buffer = BodyBuffer.Copy(_body);
            var message = new NewMessage(
                MessageId.New(now), now, "bench", new Envelope(new Address("sender", "example.org"), [_recipient]), buffer, null, false,
                [new RefDraft(0, 0, new QueueKey("example.com"), [_recipient])]);
            await _spool!.AcceptAsync(message, default).ConfigureAwait(false);
            await _spool.SettleAsync(new Settlement(0, _epoch, [new RefId(message.Id, 0)], [], [], []), default).ConfigureAwait(false);
        }
    }
}
