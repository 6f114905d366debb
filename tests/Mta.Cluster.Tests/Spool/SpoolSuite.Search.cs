using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Search;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

// What every database must do: let through all that a filter means. What it lets through too much, the filter finds out.
public abstract partial class SpoolSuite
{
    private static readonly (string Sender, string Recipient, int Lane, MailLabels? Labels)[] Searched =
    [
        ("anna@example.org", "user@example.com", 0, new("acme", "spring", "1@example.org")),
        ("Anna@EXAMPLE.org", "USER@example.com", 2, new("acme", "summer", "2@example.org")),
        ("", "user.name@example.com", 0, null),
        ("anna@example.org", "user@sub.example.com", 0, new("Ω mega", "50%_[x]", "\"a b\"@example.org")),
        ("δοκιμή@example.org", "δοκιμή@xn--jxalpdlp.example", 0, new("acme\\corp", "", "")),
        ("anna@example.org", "\"back\\\\slash 100%_[a]\"@example.com", 0, new("", "", "3@example.org")),
        ("list@other.example", "user@[192.0.2.1]", 0, new("acme", "spring", "4@example.org")),
        ("anna@xn--jxalpdlp.example", "x@notexample.com", 0, null),
        // Lengths that are capital letters, or a backslash, as octets.
        ($"{new string('l', 'F')}@{new string('d', 'Q')}", $"{new string('l', '\\')}@{new string('d', '\\')}", 0, new(new string('t', 'Q'), new string('c', '\\'), new string('m', 200))),
    ];

    private static readonly MessageFilter[] Filters =
    [
        MessageFilter.All,
        MessageFilter.All with { Recipient = "user@example.com" },
        MessageFilter.All with { Recipient = "User.Name@Example.com" },
        MessageFilter.All with { Recipient = "user@sub.example.com" },
        MessageFilter.All with { Recipient = "δοκιμή@xn--jxalpdlp.example" },
        MessageFilter.All with { Recipient = "ΔΟΚΙΜΉ@xn--jxalpdlp.example" },
        MessageFilter.All with { Recipient = "\"back\\\\slash 100%_[a]\"@example.com" },
        MessageFilter.All with { Recipient = "user@[192.0.2.1]" },
        MessageFilter.All with { Recipient = "nobody@example.com" },
        MessageFilter.All with { Sender = "anna@example.org" },
        MessageFilter.All with { Sender = "*@example.org" },
        MessageFilter.All with { Sender = "<>" },
        MessageFilter.All with { Sender = "ΔΟΚΙΜή@example.org" },
        MessageFilter.All with { Domains = "example.com" },
        MessageFilter.All with { Domains = "*.example.com" },
        MessageFilter.All with { Domains = "[192.0.2.1]", Sender = "list@other.example" },
        MessageFilter.All with { Tenant = "acme" },
        MessageFilter.All with { Tenant = "Ω mega" },
        MessageFilter.All with { Tenant = "acme\\corp" },
        MessageFilter.All with { Campaign = "50%_[x]" },
        MessageFilter.All with { MessageIdHeader = "\"a b\"@example.org" },
        MessageFilter.All with { Tenant = "acme", Campaign = "spring", MessageIdHeader = "1@example.org", Recipient = "user@example.com" },
        MessageFilter.All with { Sender = $"{new string('l', 'F')}@{new string('d', 'Q')}", Tenant = new string('t', 'Q') },
        MessageFilter.All with { Recipient = $"{new string('L', '\\')}@{new string('d', '\\')}", Campaign = new string('c', '\\') },
        MessageFilter.All with { MessageIdHeader = new string('m', 200) },
        MessageFilter.All with { AcceptedBefore = Mail.Noon.AddMinutes(4) },
    ];

    [Fact]
    public async Task A_search_lets_through_all_that_a_filter_means()
    {
        var spool = await _harness.OpenAsync();
        foreach (var (i, one) in Searched.Index())
            await spool.AcceptAsync(Message(i, one.Sender, one.Recipient, one.Lane, one.Labels));
        await spool.AcceptAsync(Mail.Message("example.com", partition: 1));
        var all = await spool.ReadEnvelopesAsync(0, [.. (await spool.RefsAsync(0)).Select(r => r.Id)], Cancel);
        Assert.Equal(Searched.Length, all.Count);
        foreach (var filter in Filters.Append(MessageFilter.All with { Message = all[0].Id.Message.ToString() }))
        {
            var criteria = SearchCriteria.Of(filter);
            var found = await spool.SearchAsync(0, criteria, null, Cancel);
            Assert.All(found, f => Assert.Equal(criteria.NeedsEnvelope, f.Envelope is not null));
            Assert.Equal(
                all.Where(r => IsMeant(filter, r.Id, r.Queue, r.AcceptedAt, r.Envelope)).Select(r => r.Id).Order(),
                found.Where(f => IsMeant(filter, f.Ref.Id, f.Ref.Queue, f.Ref.AcceptedAt, f.Envelope)).Select(f => f.Ref.Id).Order());
        }
    }

    [Fact]
    public async Task A_search_by_address_lets_through_little_else()
    {
        var spool = await _harness.OpenAsync();
        for (var i = 0; i < 50; i++)
            await spool.AcceptAsync(Message(i, "anna@example.org", $"r{i:D3}@example.com", 0, new MailLabels("", "", $"m{i:D3}@example.org")));
        Assert.Equal("r007@example.com", Assert.Single(Assert.Single(await FoundAsync(spool, MessageFilter.All with { Recipient = "R007@Example.COM" })).Envelope!.Recipients).Address.ToString());
        Assert.Equal("m009@example.org", Assert.Single(await FoundAsync(spool, MessageFilter.All with { MessageIdHeader = "m009@example.org" })).Envelope!.Labels!.MessageId);
        Assert.Empty(await FoundAsync(spool, MessageFilter.All with { Domains = "other.example" }));
        Assert.Empty(await FoundAsync(spool, MessageFilter.All with { Sender = "*@other.example" }));
    }

    [Fact]
    public async Task A_search_goes_on_behind_the_last_that_it_has_read()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message([.. Enumerable.Range(0, SpoolSearcher.PageSize + 5).Select(i => $"d{i}.example")]);
        await spool.AcceptAsync(message with { Refs = [.. message.Refs.Select(r => r with { Partition = 0 })] });
        foreach (var filter in new[] { MessageFilter.All with { Domains = "*.example" }, MessageFilter.All with { Sender = "*@example.org" }, MessageFilter.All with { Sender = "<>" } })
        {
            var criteria = SearchCriteria.Of(filter);
            var first = await spool.SearchAsync(0, criteria, null, Cancel);
            var rest = await spool.SearchAsync(0, criteria, first[^1].Ref, Cancel);
            Assert.Equal((SpoolSearcher.PageSize, 5), (first.Count, rest.Count));
            Assert.Equal(message.Refs.Select(r => r.Ordinal), first.Concat(rest).Select(f => f.Ref.Id.Ordinal));
        }
    }

    [Fact]
    public async Task Few_messages_are_found_over_all_partitions_at_once()
    {
        var spool = await _harness.OpenAsync();
        var letters = Enumerable.Range(0, 5).Select(i => Mail.Message(["a.example", "b.example"], at: Mail.Noon.AddMinutes(i), partition: i)).ToList();
        foreach (var (i, letter) in letters.Index())
            await spool.AcceptAsync(letter with { Envelope = letter.Envelope with { Labels = new MailLabels("acme", "", $"m{i}@example.org") } });
        var found = await spool.FindAsync(SearchCriteria.Of(MessageFilter.All with { MessageIdHeader = "M3@example.org" }), 1, Cancel);
        Assert.Equal([(3, letters[3].Ref()), (4, letters[3].Ref(1))], found!.SelectMany(p => p.Select(id => (p.Key, id))).Order());
        Assert.Empty((await spool.FindAsync(SearchCriteria.Of(MessageFilter.All with { MessageIdHeader = "m9@example.org" }), 1, Cancel))!);
        var all = SearchCriteria.Of(MessageFilter.All with { Tenant = "acme" });
        Assert.Equal(10, (await spool.FindAsync(all, 5, Cancel))!.Sum(p => p.Count()));
        Assert.Null(await spool.FindAsync(all, 4, Cancel));
    }

    private static async Task<IReadOnlyList<SearchedRef>> FoundAsync(SqlSpool spool, MessageFilter filter) => await spool.SearchAsync(0, SearchCriteria.Of(filter), null, Cancel);

    private static bool IsMeant(MessageFilter filter, RefId id, QueueKey queue, DateTimeOffset acceptedAt, Envelope? envelope) =>
        filter.MayMatch(id, queue, acceptedAt, null) && (envelope is null || filter.Matches(envelope));

    private static NewMessage Message(int minute, string sender, string recipient, int lane, MailLabels? labels)
    {
        var message = Mail.Message(at: Mail.Noon.AddMinutes(minute));
        var to = new Recipient(Mailbox(recipient));
        return message with
        {
            Envelope = message.Envelope with { ReversePath = sender.Length == 0 ? Address.Null : Mailbox(sender), Recipients = [to], Labels = labels },
            Refs = [new RefDraft(0, 0, new QueueKey(to.Address.Domain, lane), [to])],
        };
    }

    private static Address Mailbox(string text) => new(text[..text.LastIndexOf('@')], text[(text.LastIndexOf('@') + 1)..]);
}
