using System.Collections.Immutable;
using System.Text;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>Messages for the spool's tests.</summary>
internal static class Mail
{
    public const int Partitions = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    public static byte[] Body(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A message with one ref for each domain; the ref of the domain numbered i is in partition i modulo the number of partitions.</summary>
    public static NewMessage Message(string[] domains, byte[]? body = null, DateTimeOffset? at = null, int partition = 0, ChunkedBody? chunks = null)
    {
        var when = at ?? Noon;
        var recipients = domains.Select(d => new Recipient(new Address("user", d), DsnNotify.Failure | DsnNotify.Delay, "rfc822;user@" + d)).ToImmutableArray();
        var refs = domains.Select((d, i) => new RefDraft(i, (partition + i) % Partitions, new QueueKey(d), [recipients[i]])).ToImmutableArray();
        var envelope = new Envelope(new Address("sender", "example.org"), recipients, BodyType.EightBitMime, true, DsnReturn.Full, "QQ314159");
        var inline = chunks is null ? BodyBuffer.Copy(body ?? Encoding.ASCII.GetBytes("Subject: x\r\n\r\nhello\r\n")) : null;
        return new NewMessage(MessageId.New(when), when, "node-0", envelope, inline, chunks, true, refs);
    }

    public static NewMessage Message(string domain = "example.com", byte[]? body = null, DateTimeOffset? at = null, int partition = 0) =>
        Message([domain], body, at, partition);

    public static RefId Ref(this NewMessage message, int ordinal = 0) => new(message.Id, ordinal);

    public static Settlement Finish(long epoch, int partition, params RefId[] refs) => new(partition, epoch, [.. refs], [], [], []);

    public static async Task<SettleResult> FinishAsync(this ISpool spool, long epoch, int partition, params RefId[] refs) =>
        await spool.SettleAsync(Finish(epoch, partition, refs), Cancel);

    public static async Task AcceptAsync(this ISpool spool, NewMessage message)
    {
        await spool.AcceptAsync(message, Cancel);
        message.Inline?.Dispose();
    }

    public static async Task<List<StoredRef>> RefsAsync(this ISpool spool, int partition, DateTimeOffset? from = null)
    {
        var refs = new List<StoredRef>();
        await foreach (var row in spool.ReadRefsAsync(partition, from, Cancel))
            refs.Add(row);
        return refs;
    }

    public static async Task<byte[]?> BodyAsync(this ISpool spool, MessageId id)
    {
        var body = await spool.OpenBodyAsync(id, Cancel);
        if (body is null)
            return null;
        await using (body)
        {
            using var whole = new MemoryStream();
            await foreach (var piece in body.ReadAsync(Cancel))
                whole.Write(piece.Span);
            Assert.Equal(body.Size, whole.Length);
            return whole.ToArray();
        }
    }

    public static async Task<ChunkedBody> WriteAsync(this ISpool spool, MessageId id, byte[] body, int chunk)
    {
        await using var writer = spool.WriteChunks(id);
        for (var i = 0; i < body.Length; i += chunk)
            await writer.WriteAsync(body.AsMemory(i, Math.Min(chunk, body.Length - i)), Cancel);
        return await writer.CompleteAsync(Cancel);
    }
}
