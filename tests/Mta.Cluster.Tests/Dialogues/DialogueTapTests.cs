using System.Net;
using Mta.Cluster.Dialogues;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Dialogue;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Dialogues;

/// <summary>Which dialogues a node tells of, to whom, and what it does when nobody takes the lines.</summary>
public sealed class DialogueTapTests
{
    private const string Site = "mx:mx.example.com:25";
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");
    private static readonly RefId Message = new(new MessageId(Guid.NewGuid()), 0);
    private static readonly QueueKey Wanted = new("example.com"), Other = new("other.example");
    private static readonly RecipientOutcome[] Delivered = [new RecipientOutcome.Delivered(new SmtpReply(250, EnhancedCode.None, "taken"))];
    private readonly DialogueTap _tap = new("mx1.example", TimeProvider.System);

    [Fact]
    public void Nobody_watches_until_somebody_does_and_then_no_more()
    {
        Assert.Null(_tap.Session(Client, "relay"));
        _tap.Watch("w", DialogueFilter.OfSession("192.0.2.7"));
        Assert.True(_tap.IsWatched);
        _tap.Unwatch("w");
        Assert.False(_tap.IsWatched);
        Assert.Null(_tap.Session(Client, "relay"));
    }

    [Fact]
    public void The_next_session_of_the_client_is_told_and_neither_anothers_nor_one_more()
    {
        var watch = _tap.Watch("w", DialogueFilter.OfSession("192.0.2.7"));
        Assert.Null(_tap.Session(IPAddress.Parse("192.0.2.8"), "relay"));
        var session = _tap.Session(Client, "relay");
        Assert.Null(_tap.Session(Client, "relay"));
        session!.Recorder.Server("220 hello\r\n"u8);
        session.End("client closed");
        var lines = watch.Take(10).Lines;
        Assert.Equal(["192.0.2.7 connected to listener relay", "220 hello", "closed: client closed"], lines.Select(l => l.Text));
        Assert.Equal([false, false, true], lines.Select(l => l.IsLast));
        Assert.All(lines, l => Assert.Equal("mx1.example", l.Node));
    }

    [Fact]
    public void What_is_not_taken_is_counted_and_the_end_is_told_all_the_same()
    {
        var watch = _tap.Watch("w", DialogueFilter.OfSession("192.0.2.7"));
        var session = _tap.Session(Client, "relay")!;
        for (var i = 0; i < DialogueWatchPoint.Capacity + 99; i++)
            session.Recorder.Event("again");
        session.End("done");
        var (lines, lost) = watch.Take(int.MaxValue);
        Assert.Equal((DialogueWatchPoint.Capacity + 1, 100), (lines.Length, lost));
        Assert.True(lines[^1].IsLast);
    }

    [Fact]
    public void A_delivery_is_told_from_the_opening_of_its_connection_to_its_outcome()
    {
        var watch = _tap.Watch("w", DialogueFilter.OfDelivery("example.com", Site));
        var recording = _tap.Delivery(Site)!;
        recording.Connected("connected");
        recording.Heard("220 hello\r\n"u8);
        recording.Said("EHLO me\r\n"u8);
        recording.Opened();
        recording.Begins(new RefId(Message.Message, 7), Other);
        recording.Said("MAIL FROM:<secret@other.example>\r\n"u8);
        Assert.Empty(watch.Take(10).Lines);
        recording.Ends(new RefId(Message.Message, 7), Delivered);
        recording.Begins(Message, Wanted);
        recording.Said("MAIL FROM:<a@example.org>\r\n"u8);
        recording.Ends(Message, Delivered);
        recording.Said("QUIT\r\n"u8);
        Assert.Equal(
            ["connected", "220 hello", "EHLO me", $"message {Message.Message} of queue example.com", "MAIL FROM:<a@example.org>", "delivered: 250 taken", "the message is done"],
            watch.Take(20).Lines.Select(l => l.Text));
        Assert.True(recording.IsOver);
    }

    [Fact]
    public void An_opening_that_fails_is_told_to_those_who_wait_for_mail_to_this_site_alone()
    {
        var here = _tap.Watch("here", DialogueFilter.OfDelivery("example.com", Site));
        var elsewhere = _tap.Watch("elsewhere", DialogueFilter.OfDelivery("other.example", "mx:mx.other.example:25"));
        var unknown = _tap.Watch("unknown", DialogueFilter.OfDelivery("third.example", ""));
        var recording = _tap.Delivery(Site)!;
        recording.Event("host mx.example.com fails");
        recording.Closed("HostUnreachable");
        Assert.Equal(["host mx.example.com fails", "HostUnreachable"], here.Take(10).Lines.Select(l => l.Text));
        Assert.Empty(elsewhere.Take(10).Lines);
        Assert.Empty(unknown.Take(10).Lines);
    }

    [Fact]
    public void A_connection_that_is_open_already_joins_with_the_message_and_nothing_of_the_one_before()
    {
        var watch = _tap.Watch("w", DialogueFilter.OfDelivery("example.com", ""));
        Assert.Null(_tap.Delivery(Site, "other.example"));
        var recording = _tap.Delivery(Site, "example.com")!;
        var before = "the end of another message\r\n.\r\n"u8;
        recording.Join(before.Length, new DeliveryPeer("mx.example.com", "192.0.2.9:25", null) { Source = "192.0.2.1" });
        recording.Begins(Message, Wanted);
        recording.Said([.. before, .. "MAIL FROM:<a@example.org>\r\n"u8]);
        var texts = watch.Take(10).Lines.Select(l => l.Text).ToList();
        Assert.Equal("connection to mx.example.com at 192.0.2.9:25 from 192.0.2.1, in clear: open since earlier", texts[0]);
        Assert.Equal("MAIL FROM:<a@example.org>", texts[^1]);
        Assert.Equal(3, texts.Count);
    }

    [Fact]
    public void One_watch_gets_one_delivery()
    {
        _tap.Watch("w", DialogueFilter.OfDelivery("example.com", Site));
        var (first, second) = (_tap.Delivery(Site)!, _tap.Delivery(Site)!);
        first.Begins(Message, Wanted);
        second.Begins(Message, Wanted);
        Assert.True(first.Wants(Wanted));
        second.Ends(Message, Delivered);
        Assert.False(second.IsOver);
        Assert.Null(_tap.Delivery(Site));
    }

    [Fact]
    public void Lines_tell_who_says_them()
    {
        var watch = _tap.Watch("w", DialogueFilter.OfSession("192.0.2.7"));
        var session = _tap.Session(Client, "relay")!;
        session.Client(new System.Buffers.ReadOnlySequence<byte>("AUTH PLAIN AHVzZXIAcGFzcw==\r\n"u8.ToArray()));
        Assert.Equal([(DialogueFrom.Event, "192.0.2.7 connected to listener relay"), (DialogueFrom.Client, "AUTH PLAIN (not shown)")], watch.Take(10).Lines.Select(l => (l.From, l.Text)));
    }
}
