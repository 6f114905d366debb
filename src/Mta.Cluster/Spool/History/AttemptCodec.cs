using System.Collections.Immutable;
using Google.Protobuf;
using Mta.Cluster.Contracts.Spool;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Spool.History;

/// <summary>Attempts to and from the blobs of <c>spool_attempt</c>.</summary>
internal static class AttemptCodec
{
    /// <summary>Recipients that are named in a result; the others are counted.</summary>
    public const int MostRecipients = 5;

    private const int MostText = ReplyInterner.MaxText;

    /// <summary>The attempts among these records that leave something to be tried again; the records of one attempt stand together.</summary>
    /// <param name="records">A record for each recipient of each attempt.</param>
    /// <param name="node">The node that says so where nobody was asked.</param>
    public static ImmutableArray<EncodedAttempt> Encode(ImmutableArray<AttemptRecord> records, string node)
    {
        var encoded = ImmutableArray.CreateBuilder<EncodedAttempt>();
        for (var start = 0; start < records.Length;)
        {
            var end = start + 1;
            while (end < records.Length && records[end].Id == records[start].Id && records[end].Attempt == records[start].Attempt)
                end++;
            if (Encode(records.AsSpan()[start..end], node) is { } attempt)
                encoded.Add(attempt);
            start = end;
        }
        return encoded.DrainToImmutable();
    }

    /// <summary>Reads a blob.</summary>
    public static StoredAttempt Decode(RefId id, ReadOnlySpan<byte> record)
    {
        var p = PStoredAttempt.Parser.ParseFrom(record);
        var peer = p.Host.Length == 0 ? null : new DeliveryPeer(LogText.Escape(p.Host), p.Endpoint, p.HasTls ? p.Tls : null) { Node = p.Node, Source = p.Source };
        return new StoredAttempt(id, p.Attempt, SpoolTime.FromStored(p.At), p.Node, peer, SpoolTime.FromStored(p.Due), [.. p.Results.Select(Decode)]);
    }

    private static EncodedAttempt? Encode(ReadOnlySpan<AttemptRecord> records, string node)
    {
        var (first, due) = (records[0], (DateTimeOffset?)null);
        foreach (var record in records)
            due ??= record.Due;
        if (due is not { } next)
            return null;
        var p = new PStoredAttempt
        {
            Attempt = first.Attempt,
            At = SpoolTime.ToStored(first.At),
            Node = first.Peer is { Node.Length: > 0 } known ? known.Node : node,
            Due = SpoolTime.ToStored(next),
        };
        if (first.Peer is { } peer)
        {
            (p.Host, p.Endpoint, p.Source) = (peer.Host, peer.Endpoint, peer.Source);
            if (peer.Tls is not null)
                p.Tls = peer.Tls;
        }
        foreach (var record in records)
            Add(p, record);
        return new EncodedAttempt(first.Id, first.Attempt, first.At, p.ToByteArray());
    }

    // Mostly one thing happens to all recipients.
    private static void Add(PStoredAttempt p, AttemptRecord record)
    {
        var text = record.Reply.Text.Length <= MostText ? record.Reply.Text : record.Reply.Text[..MostText];
        var result = p.Results.FirstOrDefault(r =>
            r.Result == (int)record.Result && r.Reason == (int)record.Reason && r.Code == record.Reply.Code && r.Text == text);
        if (result is null)
        {
            result = new PStoredAttemptResult
            {
                Result = (int)record.Result,
                Reason = (int)record.Reason,
                Code = record.Reply.Code,
                EnhancedClass = record.Reply.Enhanced.Class,
                EnhancedSubject = record.Reply.Enhanced.Subject,
                EnhancedDetail = record.Reply.Enhanced.Detail,
                Text = text,
            };
            p.Results.Add(result);
        }
        if (record.Recipient is not { } recipient)
            return;
        result.Count++;
        if (result.Recipients.Count < MostRecipients)
            result.Recipients.Add(recipient.ToString());
    }

    private static StoredAttemptResult Decode(PStoredAttemptResult r) => new(
        (AttemptResult)r.Result, (DeferralReason)r.Reason,
        LogText.Escape(new SmtpReply(r.Code, new EnhancedCode((byte)r.EnhancedClass, (short)r.EnhancedSubject, (short)r.EnhancedDetail), r.Text).ToString()),
        [.. r.Recipients.Select(LogText.Escape)], r.Count);
}
