using System.Buffers;
using System.Collections.Immutable;
using Mta.Cluster.Spool;
using Mta.Protocol.DeliveryStatus;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Mta.Queueing.Returns;

namespace Mta.Cluster.Returns;

/// <summary>Makes a notification, ready for the spool, out of what a domain queue decided and the original message.</summary>
internal sealed class ReturnComposer(ISpool spool, RefSplitter splitter, TimeProvider clock, string nodeName)
{
    // A header section that is longer is returned up to here.
    private const int MaxHeader = 64 * 1024;

    /// <summary>Composes. The caller disposes the body of the message once it is stored.</summary>
    /// <exception cref="SpoolUnavailableException">The original cannot be read now.</exception>
    public async Task<NewMessage> ComposeAsync(ReturnRequest request)
    {
        var (header, body) = await ReadOriginalAsync(request).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var id = MessageId.New(now);
        var dsn = DsnComposer.Compose(new DsnRequest
        {
            ReportingMta = nodeName,
            ArrivalDate = request.ArrivedAt,
            Envelope = request.Envelope,
            Recipients = [.. request.Recipients.Select(r => RecipientOf(request, r))],
            Header = header,
            Body = body,
            MessageId = $"{id}@{nodeName}",
            Date = now,
        });
        return new NewMessage(
            id, now, nodeName, dsn.Envelope, BodyBuffer.Copy(dsn.Content), null, dsn.HasEightBit, splitter.Split(id, dsn.Envelope));
    }

    private static DsnRecipient RecipientOf(ReturnRequest request, ReturnedRecipient returned) => new(
        returned.Recipient,
        returned.Action switch
        {
            ReturnAction.Failed => DsnAction.Failed,
            ReturnAction.Delayed => DsnAction.Delayed,
            ReturnAction.Delivered => DsnAction.Delivered,
            ReturnAction.Relayed => DsnAction.Relayed,
            _ => throw new ArgumentOutOfRangeException(nameof(returned), returned.Action, "unknown action"),
        },
        returned.Status,
        request.Peer?.Host,
        returned.Reply,
        request.AttemptedAt,
        returned.Action == ReturnAction.Delayed ? request.WillRetryUntil : null);

    private async Task<(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte>? Body)> ReadOriginalAsync(ReturnRequest request)
    {
        var original = await spool.OpenBodyAsync(request.Ref.Message, CancellationToken.None).ConfigureAwait(false);
        if (original is null)
            return (default, null);
        await using var opened = original.ConfigureAwait(false);
        // RFC 3461 §4.3: the whole message where the sender asked for it, and only with a failure (§6.2).
        var wantsAll = request.Envelope.Return == DsnReturn.Full && original.Size <= DsnRequest.DefaultReturnLimitBytes;
        var octets = await ReadAsync(original, wantsAll ? (int)original.Size : MaxHeader).ConfigureAwait(false);
        var end = octets.Span.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return (octets, null);
        return (octets[..(end + 2)], wantsAll ? octets[(end + 4)..] : null);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(IMessageBody body, int most)
    {
        var read = new ArrayBufferWriter<byte>((int)Math.Min(body.Size + 1, most + 1));
        await foreach (var piece in body.ReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            read.Write(piece.Span[..Math.Min(piece.Length, most - read.WrittenCount)]);
            if (read.WrittenCount >= most)
                break;
        }
        return read.WrittenMemory;
    }
}
