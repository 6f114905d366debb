using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Mta.Cluster.Dns;
using Xunit;

namespace Mta.Cluster.Tests.Dns;

/// <summary>What servers do that are silent, broken or lie: a look-up that fails, in time, and never an exception.</summary>
public sealed class DnsFailureTests
{
    private const string Name = "example.test";

    private static readonly byte[][] OneMx = [DnsWire.Mx(Name, 300, 10, "mx." + Name)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silence_is_a_failure_after_the_configured_tries()
    {
        await using var silent = Silent();
        var start = Stopwatch.GetTimestamp();
        var answer = await Resolver([silent], Impatient).LookupMxAsync(Name, Cancel);
        Assert.Equal(DnsStatus.Failed, answer.Status);
        Assert.Contains(silent.Address, answer.Error, StringComparison.Ordinal);
        Assert.Equal(4, silent.Queries.Count);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromMilliseconds(390), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Each_try_goes_to_the_next_server()
    {
        await using var first = Silent();
        await using var second = Silent();
        await Resolver([first, second], Impatient).LookupMxAsync(Name, Cancel);
        Assert.Equal((2, 2), (first.Queries.Count, second.Queries.Count));
    }

    [Theory]
    [InlineData(DnsWire.NoError, DnsStatus.Found)]
    [InlineData(DnsWire.NxDomain, DnsStatus.NameNotFound)]
    public async Task A_server_that_answers_stands_in_for_one_that_does_not_and_has_the_last_word(int code, DnsStatus expected)
    {
        await using var silent = Silent();
        await using var good = new FakeDnsServer(q => q.Answer(code, code == DnsWire.NoError ? OneMx : []));
        await InBothOrdersAsync(silent, async () => Assert.Equal(expected, (await Resolver([silent, good], Impatient).LookupMxAsync(Name, Cancel)).Status));
    }

    [Theory]
    [InlineData(DnsWire.ServFail)]
    [InlineData(DnsWire.Refused)]
    public async Task A_server_that_fails_is_not_asked_again_and_another_is(int code)
    {
        await using var failing = new FakeDnsServer(q => q.Answer(code));
        await using var good = new FakeDnsServer(q => q.Answer(DnsWire.NoError, OneMx));
        await InBothOrdersAsync(failing, async () => Assert.Equal(DnsStatus.Found, (await Resolver([failing, good]).LookupMxAsync(Name, Cancel)).Status));
        var asked = failing.Queries.Count;
        Assert.Equal(DnsStatus.Failed, (await Resolver([failing]).LookupMxAsync(Name, Cancel)).Status);
        Assert.Equal(asked + 1, failing.Queries.Count);
    }

    [Fact]
    public async Task One_family_serves_while_the_other_fails_and_both_are_asked_for_again_soon()
    {
        await using var server = new FakeDnsServer(q => q.Type == DnsQuery.A
            ? q.Answer(DnsWire.NoError, [DnsWire.Address(Name, 300, "192.0.2.1")])
            : q.Answer(DnsWire.ServFail));
        var answer = await Resolver([server], o => o.FailureCache = TimeSpan.FromSeconds(9)).LookupAddressesAsync(Name, Cancel);
        Assert.Equal((DnsStatus.Found, IPAddress.Parse("192.0.2.1")), (answer.Status, Assert.Single(answer.Records)));
        Assert.Equal(TimeSpan.FromSeconds(9), answer.Ttl);
    }

    [Fact]
    public async Task No_address_of_one_family_and_a_failure_of_the_other_is_a_failure()
    {
        await using var server = new FakeDnsServer(q => q.Answer(q.Type == DnsQuery.A ? DnsWire.NoError : DnsWire.ServFail));
        Assert.Equal(DnsStatus.Failed, (await Resolver([server]).LookupAddressesAsync(Name, Cancel)).Status);
    }

    [Fact]
    public async Task A_cut_answer_is_asked_for_by_tcp()
    {
        await using var server = new FakeDnsServer(q => q.IsTcp ? q.Answer(DnsWire.NoError, OneMx) : q.Answer(DnsWire.NoError, truncated: true));
        var answer = await Resolver([server]).LookupMxAsync(Name, Cancel);
        Assert.Equal(new MxRecord(10, "mx.example.test"), Assert.Single(answer.Records));
        Assert.Equal([false, true], server.Queries.Select(q => q.IsTcp));
    }

    [Fact]
    public async Task A_cut_answer_and_then_silence_by_tcp_is_a_failure_in_time()
    {
        await using var server = new FakeDnsServer(q => q.IsTcp ? null : q.Answer(DnsWire.NoError, truncated: true));
        var answer = await Resolver([server], Impatient).LookupMxAsync(Name, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(DnsStatus.Failed, answer.Status);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_a_failure()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (var tcpOnly in new[] { false, true })
        {
            var options = new DnsOptions { Servers = [closed.LocalEndPoint!.ToString()!], Timeout = TimeSpan.FromMilliseconds(100), TcpOnly = tcpOnly };
            Assert.Equal(DnsStatus.Failed, (await new DnsResolver(options, TimeProvider.System).LookupMxAsync(Name, Cancel)).Status);
        }
    }

    [Fact]
    public async Task An_answer_to_another_question_is_none()
    {
        await using var wrongId = new FakeDnsServer(q => (q with { Id = (ushort)(q.Id + 1) }).Answer(DnsWire.NoError, OneMx));
        Assert.Equal(DnsStatus.Failed, (await Resolver([wrongId], o => o.Retries = 0).LookupMxAsync(Name, Cancel)).Status);
        await using var wrongName = new FakeDnsServer(q => (q with { Question = Flipped(q.Question) }).Answer(DnsWire.NoError, OneMx));
        Assert.Equal(DnsStatus.Failed, (await Resolver([wrongName], o => o.Retries = 0).LookupMxAsync(Name, Cancel)).Status);
    }

    [Fact]
    public async Task Records_of_other_names_are_not_taken_for_the_answer()
    {
        await using var server = new FakeDnsServer(q => q.Answer(
            DnsWire.NoError,
            [
                DnsWire.Alias(Name, 300, "other.test"),
                DnsWire.Mx("unrelated.test", 300, 1, "mx.unrelated.test"),
                DnsWire.Mx("Other.Test", 300, 10, "mx.other.test"),
            ]));
        Assert.Equal(new MxRecord(10, "mx.other.test"), Assert.Single((await Resolver([server]).LookupMxAsync(Name, Cancel)).Records));
    }

    [Fact]
    public async Task Aliases_in_a_circle_are_no_record()
    {
        await using var server = new FakeDnsServer(q => q.Answer(
            DnsWire.NoError, [DnsWire.Alias(Name, 300, "other.test"), DnsWire.Alias("other.test", 300, Name)]));
        Assert.Equal(DnsStatus.NoData, (await Resolver([server]).LookupMxAsync(Name, Cancel)).Status);
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(50, 5)]
    public async Task A_name_too_long_for_a_question_does_not_exist(int label, int labels)
    {
        await using var server = Silent();
        var name = string.Join('.', Enumerable.Repeat(new string('a', label), labels));
        Assert.Equal(DnsStatus.NameNotFound, (await Resolver([server]).LookupMxAsync(name, Cancel)).Status);
        Assert.Empty(server.Queries);
    }

    /// <summary>A name that is a pointer to itself, one that points outside, one that is longer than the answer.</summary>
    [Theory]
    [InlineData(0xC0, 0x1E)]
    [InlineData(0xFF, 0xFF)]
    [InlineData(0x3F, 0x00)]
    public async Task A_malformed_name_in_an_answer_is_a_failure(byte first, byte second)
    {
        await using var server = new FakeDnsServer(q => q.Answer(DnsWire.NoError, [[first, second, .. DnsWire.Mx("", 300, 10, "mx")[1..]]]));
        var answer = await Resolver([server], o => o.Retries = 0).LookupMxAsync(Name, Cancel);
        Assert.Equal((DnsStatus.Failed, true), (answer.Status, answer.Error!.Contains("malformed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whatever_comes_back_is_an_answer_and_no_exception()
    {
        byte[] octets = [];
        await using var server = new FakeDnsServer(q =>
        {
            var answer = octets.ToArray();
            // Half of them have the right id, so that they are read at all.
            if (answer.Length >= 2 && answer.Length % 2 == 0)
                BinaryPrimitives.WriteUInt16BigEndian(answer, q.Id);
            return answer;
        });
        var resolver = Resolver([server], o => (o.Retries, o.CacheEntries) = (0, 0));
        await Gen.Byte.Array[0, 1500].SampleAsync(
            async garbage =>
            {
                octets = garbage;
                await resolver.LookupMxAsync(Name, CancellationToken.None);
            },
            iter: 300,
            threads: 1);
    }

    [Fact]
    public async Task An_answer_with_any_octets_changed_is_an_answer_and_no_exception()
    {
        (int At, byte Value)[] changes = [];
        await using var server = new FakeDnsServer(q =>
        {
            var answer = q.Answer(DnsWire.NoError, [DnsWire.Alias(Name, 300, "other.test"), DnsWire.Mx("other.test", 300, 10, "mx.other.test")], [DnsWire.Authority("test", 60, 60)]);
            foreach (var (at, value) in changes)
                answer[2 + (at % (answer.Length - 2))] = value;
            return answer;
        });
        var resolver = Resolver([server], o => (o.Retries, o.CacheEntries) = (0, 0));
        await Gen.Select(Gen.Int[0, 2000], Gen.Byte).Array[1, 4].SampleAsync(
            async drawn =>
            {
                changes = drawn;
                await resolver.LookupMxAsync(Name, CancellationToken.None);
            },
            iter: 1000,
            threads: 1);
    }

    // Servers are asked in random order: again until the bad one has been first, and has not.
    private static async Task InBothOrdersAsync(FakeDnsServer bad, Func<Task> look)
    {
        var seen = new HashSet<bool>();
        while (seen.Count < 2)
        {
            var before = bad.Queries.Count;
            await look();
            seen.Add(bad.Queries.Count > before);
        }
    }

    private static void Impatient(DnsOptions options) => (options.Timeout, options.Retries) = (TimeSpan.FromMilliseconds(100), 3);

    private static FakeDnsServer Silent() => new(_ => (byte[]?)null);

    private static byte[] Flipped(byte[] question)
    {
        var other = question.ToArray();
        other[1] ^= 1;
        return other;
    }

    private static DnsResolver Resolver(FakeDnsServer[] servers, Action<DnsOptions>? configure = null)
    {
        var options = new DnsOptions { Servers = [.. servers.Select(s => s.Address)], Timeout = TimeSpan.FromSeconds(10) };
        configure?.Invoke(options);
        return new DnsResolver(options, TimeProvider.System);
    }
}
