using System.Runtime.CompilerServices;
using Mta.Cluster.Spool.History;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>What is kept of an attempt, and what of it may change never.</summary>
public sealed class AttemptCodecTests
{
    private static readonly MessageId Message = new(Guid.Parse("0195512c-9f3b-7abc-8def-0123456789ab"));
    private static readonly DeliveryPeer Peer = new("mx.example.com", "192.0.2.7:25", "TLS1.3 TLS_AES_128_GCM_SHA256") { Node = "mx1.example.org", Source = "192.0.2.1" };

    [Fact]
    public void One_attempt_is_kept_with_what_happened_to_each_recipient()
    {
        var kept = Decode(Assert.Single(AttemptCodec.Encode(
            [Record("anna", AttemptResult.Delivered, 250), Record("bob", AttemptResult.Deferred, 451), Record("carl", AttemptResult.Rejected, 550), Record("dora", AttemptResult.Deferred, 451)], "other")));
        Assert.Equal((3, Mail.Noon, Mail.Noon.AddHours(1), "mx1.example.org", Peer), (kept.Attempt, kept.At, kept.Due, kept.Node, kept.Peer));
        Assert.Equal(["Delivered anna@example.com", "Deferred bob@example.com dora@example.com", "Rejected carl@example.com"], kept.Results.Select(r => $"{r.Result} {string.Join(' ', r.Recipients)}"));
        Assert.Equal(DeferralReason.RecipientDeferred, kept.Results[1].Reason);
    }

    [Fact]
    public void What_leaves_nothing_to_be_tried_again_is_not_kept()
    {
        Assert.Empty(AttemptCodec.Encode([Record("anna", AttemptResult.Delivered, 250), Record("bob", AttemptResult.Expired, 451)], "node"));
        Assert.Empty(AttemptCodec.Encode([], "node"));
    }

    [Fact]
    public void Refs_are_told_apart_and_an_attempt_without_envelope_or_peer_is_one_too()
    {
        var other = new RefId(Message, 1);
        var unread = Record("x", AttemptResult.Deferred, 451) with { Id = other, Recipient = null, Sender = null, Peer = null };
        var kept = AttemptCodec.Encode([Record("anna", AttemptResult.Deferred, 451), Record("bob", AttemptResult.Deferred, 451), unread], "queue-node");
        Assert.Equal([new RefId(Message, 0), other], kept.Select(k => k.Id));
        var second = Decode(kept[1]);
        Assert.Equal(("queue-node", null, 0), (second.Node, second.Peer, Assert.Single(second.Results).Count));
    }

    [Fact]
    public void Many_recipients_are_counted_and_few_named_and_what_a_peer_says_cannot_steer_a_terminal()
    {
        var kept = AttemptCodec.Encode([.. Enumerable.Range(0, 100).Select(i => Record($"r{i}", AttemptResult.Deferred, 451, "no\u001b[2J" + new string('x', 5000)))], "node");
        var result = Assert.Single(Decode(Assert.Single(kept)).Results);
        Assert.Equal((100, AttemptCodec.MostRecipients), (result.Count, result.Recipients.Length));
        Assert.DoesNotContain(result.Reply, char.IsControl);
        Assert.InRange(kept[0].Record.Length, 1, 1000);
    }

    [Fact]
    public void A_record_of_the_first_release_stays_readable()
    {
        var encoded = Assert.Single(AttemptCodec.Encode([Record("anna", AttemptResult.Deferred, 451), Record("bob", AttemptResult.Rejected, 550)], "node"));
        var golden = Convert.FromHexString(Golden(encoded.Record));
        Assert.Equal(Convert.ToHexString(golden), Convert.ToHexString(encoded.Record));
        Assert.Equal("451 4.7.1 some words", AttemptCodec.Decode(encoded.Id, golden).Results[0].Reply);
    }

    // Written once, where MTA_WRITE_GOLDEN is set, and never changed.
    private static string Golden(byte[] written, [CallerFilePath] string here = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(here)!, "Golden", "attempt.v1.hex");
        if (!File.Exists(file) && Environment.GetEnvironmentVariable("MTA_WRITE_GOLDEN") == "1")
            File.WriteAllText(file, Convert.ToHexString(written).ToLowerInvariant() + "\n");
        return File.ReadAllText(file).Trim();
    }

    private static StoredAttempt Decode(EncodedAttempt encoded) => AttemptCodec.Decode(encoded.Id, encoded.Record);

    private static AttemptRecord Record(string recipient, AttemptResult result, int code, string text = "some words") => new(
        new RefId(Message, 0), 3, Mail.Noon.AddDays(-1), Mail.Noon, new Address("sender", "example.org"), new Address(recipient, "example.com"), result,
        result == AttemptResult.Deferred ? DeferralReason.RecipientDeferred : DeferralReason.None, new SmtpReply(code, new EnhancedCode((byte)(code / 100), 7, 1), text), Peer,
        result == AttemptResult.Deferred ? Mail.Noon.AddHours(1) : null);
}
