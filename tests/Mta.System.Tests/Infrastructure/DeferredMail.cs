using System.Globalization;
using System.Text;
using Mta.Cluster.Contracts;
using Mta.Cluster.Persistence;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.PostgreSql;
using Mta.Cluster.Spool.Sqlite;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing;
using Mta.Queueing.Intake;

namespace Mta.SystemTests.Infrastructure;

/// <summary>
/// Deferred mail as a node would have left it, written straight into spool and journal of a node that has never run: the product's own tables and its own journal,
/// without the sessions and attempts that such mail comes from. What stands where follows from a message's number alone, so that a test can check any of it.
/// </summary>
internal sealed class DeferredMail(int messages, int domains, int partitions)
{
    private const int MessagesInCommit = 10_000;
    private const string Node = "node.test";

    private readonly DateTimeOffset _writtenAt = DateTimeOffset.UtcNow;
    private readonly RefSplitter _splitter = new(new PartitionMap(partitions));
    private readonly byte[] _body = Encoding.ASCII.GetBytes("From: <sender@example.org>\r\nSubject: deferred\r\n\r\nAll happy families are alike.\r\n");
    private readonly SmtpReply[] _replies = [.. Enumerable.Range(0, 8).Select(i => new SmtpReply(
        450, new EnhancedCode(4, 2, 0), string.Create(CultureInfo.InvariantCulture, $"mx{i}.example.org: come back later")))];

    public int Messages => messages;

    public int Domains => domains;

    public static string DomainOf(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number:D6}.test");

    /// <summary>How many messages a domain has.</summary>
    public int CountOf(int domain) => NumbersOf(domain).Count();

    /// <summary>When the first message of a domain is due.</summary>
    public DateTimeOffset NextDueOf(int domain) => NumbersOf(domain).Min(DueOf);

    /// <summary>The recipient of a message.</summary>
    public string RecipientOf(int number) => $"{LocalPartOf(number)}@{DomainOf(number % domains)}";

    /// <summary>The sender of a message: one of a thousand.</summary>
    public static string SenderOf(int number) => $"{SenderPartOf(number)}@example.org";

    /// <summary>The Message-ID field of a message, without its brackets.</summary>
    public static string MessageIdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{number}.deferred@example.org");

    /// <summary>Writes it into a data directory.</summary>
    public async Task WriteAsync(string directory)
    {
        await using var database = new SqliteDatabase(Path.Combine(directory, "spool.db"), new SpoolOptions());
        await WriteAsync(database, JournalDatabase.Embedded(directory));
    }

    /// <summary>Writes it into a database of PostgreSQL.</summary>
    public async Task WriteToPostgreSqlAsync(string connectionString)
    {
        var options = new SpoolOptions { Database = SpoolDatabaseKind.PostgreSql, ConnectionString = connectionString };
        await using var database = new PostgreSqlDatabase(options);
        await WriteAsync(database, JournalDatabase.Beside(options, ""));
    }

    private async Task WriteAsync(ISpoolDatabase database, JournalDatabase kept)
    {
        await database.OpenSchemaAsync(partitions, CancellationToken.None);
        await using var spool = database.CreateWriter();
        await using var journal = new DeferralJournal(kept, partitions);
        foreach (var numbers in Enumerable.Range(0, messages).Chunk(MessagesInCommit))
        {
            var stored = numbers.Select(MessageOf).ToList();
            await spool.BeginAsync();
            await spool.Tables.InsertMessagesAsync([.. stored.Select(m => m.Row)], []);
            await spool.Tables.InsertRefsAsync([.. stored.SelectMany(m => m.Refs)]);
            await spool.CommitAsync();
            foreach (var (number, message) in numbers.Zip(stored))
                await journal.AddAsync(message.Refs[0].Partition, DeferralOf(number, message.Refs[0].Id));
        }
        await journal.FlushAsync();
    }

    private IEnumerable<int> NumbersOf(int domain)
    {
        for (var number = domain; number < messages; number += domains)
            yield return number;
    }

    private static string LocalPartOf(int number) => string.Create(CultureInfo.InvariantCulture, $"id{number}");

    private static string SenderPartOf(int number) => string.Create(CultureInfo.InvariantCulture, $"sender{number % 1000}");

    // From one hour from now to three, without an order that the recovery could profit from.
    private DateTimeOffset DueOf(int number) => _writtenAt + TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds((number * 7919L) % 7_200_000);

    private DeferralRecord DeferralOf(int number, RefId id) =>
        new(id, 1 + (number % 5), DueOf(number), DeferralReason.HostUnreachable, _replies[number % _replies.Length]);

    private StoredMessage MessageOf(int number)
    {
        var acceptedAt = _writtenAt - TimeSpan.FromHours(2) + TimeSpan.FromMilliseconds(number * 5L);
        var id = MessageId.New(acceptedAt);
        var recipient = new Recipient(new Address(LocalPartOf(number), DomainOf(number % domains)));
        var envelope = new Envelope(new Address(SenderPartOf(number), "example.org"), [recipient], Labels: new MailLabels("acme", "spring", MessageIdOf(number)));
        using var body = BodyBuffer.Copy(_body);
        var stored = StoredMessage.From(
            new NewMessage(id, acceptedAt, Node, envelope, body, null, HasEightBit: false, _splitter.Split(id, envelope)), partitions);
        return stored with { Row = stored.Row with { Body = _body } };
    }
}
