using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>Three nodes with very much deferred mail, while other mail flows: whichever is asked finds single messages and lists the first queues, rightly and soon. Times are told, not judged.</summary>
public sealed class LargeSearchTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Partitions = 64;
    private const int Samples = 10;
    private const int Page = 100;
    private const int Rate = 100;
    private const int MostAsked = 5;
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60), DefaultRequestHeaders = { Authorization = new("Bearer", NodeSettings.AnyToken) } };

    [Fact]
    public Task Twenty_thousand_over_four_thousand_domains() => RunAsync(20_000, 4_000);

    [Fact]
    [Trait("Category", "Slow")]
    public Task A_million_over_two_hundred_thousand_domains() => RunAsync(1_000_000, 200_000);

    private async Task RunAsync(int messages, int domains)
    {
        using var workspace = new Workspace("search");
        await using var sink = new CollectingSink();
        await using var cluster = await NodeCluster.CreateAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).Set("queues.partitions", Partitions));
        cluster.StartLimit = TimeSpan.FromMinutes(10);
        var mail = new DeferredMail(messages, domains, Partitions);
        await TimedAsync($"{messages} messages in {domains} domains written", () => mail.WriteToPostgreSqlAsync(cluster.ConnectionString));
        await TimedAsync("three nodes ready", () => cluster.StartNodesAsync(0, 1, 2));

        using var enough = new CancellationTokenSource();
        var generator = new LoadGenerator(cluster.Smtp, i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D6}"), $"flow{i % 50}.test", 2000)) { Rate = Rate };
        var load = generator.RunAsync(int.MaxValue, 6, enough.Token);
        await sink.WaitForAsync(() => sink.Deliveries >= Rate, TimeSpan.FromMinutes(2));
        var (before, began) = (sink.Deliveries, Stopwatch.GetTimestamp());

        for (var node = 0; node < Nodes; node++)
            await AskAsync(cluster.Settings[node], mail, node);

        output.WriteLine($"meanwhile {((sink.Deliveries - before) / Stopwatch.GetElapsedTime(began).TotalSeconds).ToString("F0", CultureInfo.InvariantCulture)} messages a second were delivered");
        await enough.CancelAsync();
        await load;
        await sink.WaitForAsync(() => generator.Accepted.Keys.All(sink.Arrived.ContainsKey), TimeSpan.FromMinutes(2));
    }

    private async Task AskAsync(NodeSettings node, DeferredMail mail, int first)
    {
        int NumberOf(int sample) => (int)((first + ((long)sample * mail.Messages / Samples) + 17) % mail.Messages);
        await SampleAsync($"{node.Name}: by recipient", async i => AssertOne(mail, NumberOf(i), await GetAsync(node, $"/api/v1/messages?recipient={mail.RecipientOf(NumberOf(i)).ToUpperInvariant()}")));
        await SampleAsync($"{node.Name}: the first {Page} queues", async _ => AssertDeepest(mail, await GetAsync(node, $"/api/v1/queues?limit={Page}")));
        await SampleAsync($"{node.Name}: the first {Page} queues by name", async _ => AssertByName(await GetAsync(node, $"/api/v1/queues?sort=name&limit={Page}&domain=*.test")));
        await SampleAsync($"{node.Name}: by sites", async _ => AssertAll(mail, await GetAsync(node, "/api/v1/sites")));
        await SampleAsync($"{node.Name}: by Message-ID", async i => AssertOne(mail, NumberOf(i), await GetAsync(node, $"/api/v1/messages?messageId={DeferredMail.MessageIdOf(NumberOf(i))}")), 3);
        await SampleAsync($"{node.Name}: by sender", async i => AssertOfSender(mail, NumberOf(i), await GetAsync(node, $"/api/v1/messages?sender={DeferredMail.SenderOf(NumberOf(i))}&limit=500")), 3);
        await SampleAsync($"{node.Name}: by reason", async _ => Assert.Equal(mail.Messages, Counted(await GetAsync(node, "/api/v1/messages?reason=HostUnreachable&limit=1"))), 1);
    }

    private static void AssertOne(DeferredMail mail, int number, JsonElement found)
    {
        Assert.Equal(1, Counted(found));
        Assert.Equal(mail.RecipientOf(number), Assert.Single(found.GetProperty("items").EnumerateArray()).GetProperty("recipients")[0].GetString());
    }

    private static void AssertOfSender(DeferredMail mail, int number, JsonElement found)
    {
        Assert.Equal(mail.Messages / 1000, Counted(found));
        Assert.All(found.GetProperty("items").EnumerateArray(), line => Assert.Equal(DeferredMail.SenderOf(number), line.GetProperty("sender").GetString()));
    }

    private static void AssertDeepest(DeferredMail mail, JsonElement queues)
    {
        var depths = queues.GetProperty("items").EnumerateArray().Select(q => q.GetProperty("depth").GetInt32()).ToList();
        Assert.Equal(Page, depths.Count);
        Assert.Equal(depths.OrderDescending(), depths);
        Assert.True(depths[^1] >= mail.CountOf(0), $"one of depth {depths[^1]} is among the deepest");
        AssertAll(mail, queues);
    }

    private static void AssertByName(JsonElement queues) => Assert.Equal(
        Enumerable.Range(0, Page).Select(DeferredMail.DomainOf), queues.GetProperty("items").EnumerateArray().Select(q => q.GetProperty("queue").GetString()));

    private static void AssertAll(DeferredMail mail, JsonElement answer)
    {
        Assert.Equal(0, answer.GetProperty("silentPartitions").GetArrayLength());
        Assert.Equal(mail.Messages, answer.GetProperty("totals").GetProperty("deferred").GetInt64());
        Assert.InRange(answer.GetProperty("totals").GetProperty("queues").GetInt32(), mail.Domains, mail.Domains + 50);
    }

    private static long Counted(JsonElement found)
    {
        Assert.Equal(0, found.GetProperty("silentPartitions").GetArrayLength());
        return found.GetProperty("count").GetInt64();
    }

    private async Task<JsonElement> GetAsync(NodeSettings node, string path)
    {
        for (var asked = 1; ; asked++)
        {
            using var answer = await Http.GetAsync(new Uri(node.Management, path));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
            var read = JsonSerializer.Deserialize<JsonElement>(text);
            var silent = read.GetProperty("silentPartitions").GetArrayLength();
            if (silent == 0 || asked == MostAsked)
                return read;
            // It says itself that it is not whole, as where the machine is too busy: whoever asks asks again, and the time counts.
            output.WriteLine($"{node.Name}: {silent} partitions did not answer {path}");
        }
    }

    private async Task SampleAsync(string what, Func<int, Task> ask, int samples = Samples)
    {
        var times = new List<double>();
        for (var i = 0; i < samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ask(i);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: median {times[times.Count / 2]:F0} ms, most {times[^1]:F0} ms"));
    }

    private async Task TimedAsync(string what, Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
    }
}
