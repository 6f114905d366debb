using Mta.Cli.Bench;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>One kind of load.</summary>
/// <param name="Name">Its letter.</param>
/// <param name="Title">What it is.</param>
/// <param name="Messages">How many messages.</param>
/// <param name="Size">Octets of each.</param>
/// <param name="Domains">The destinations and their weights, as <see cref="DomainMix"/> reads them.</param>
internal sealed record Scenario(string Name, string Title, int Messages, string Size, string Domains)
{
    /// <summary>Client sessions at a time.</summary>
    public int Sessions { get; init; } = 50;

    /// <summary>Connections that the server may have to the sink: the same for every server.</summary>
    public int Connections { get; init; } = 20;

    /// <summary>How long the sink takes for each reply, or for replies that go together.</summary>
    public TimeSpan ReplyDelay { get; init; }

    /// <summary>The sink takes connections only when everything is accepted.</summary>
    public bool SinkComesLate { get; init; }

    /// <summary>Nodes stand on PostgreSQL, one and three of them.</summary>
    public bool OnPostgreSql { get; init; }

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("A", "2 KB to one domain", 20_000, "2k", "uniform:1"),
        new("B", "10 KB over 200 domains, Zipf", 10_000, "10k", "zipf:200"),
        new("C", "100 KB over 13 domains, one has three quarters", 3_000, "100k", "d0.test=36," + string.Join(',', Enumerable.Range(1, 12).Select(i => $"d{i}.test"))),
        new("D", "as B, the remote takes 100 ms for each reply", 4_000, "10k", "zipf:200") { ReplyDelay = TimeSpan.FromMilliseconds(100), Connections = 50 },
        new("E", "backlog: as B, accepted while the sink is down, then drained", 10_000, "10k", "zipf:200") { SinkComesLate = true },
        new("F", "as B, on PostgreSQL on the same machine", 10_000, "10k", "zipf:200") { OnPostgreSql = true },
    ];

    /// <summary>A load of so many messages that makes a server compile, start and connect what it needs.</summary>
    public Scenario WarmUp(int messages) => this with { Messages = messages, SinkComesLate = false, ReplyDelay = TimeSpan.Zero };

    /// <summary>What the generator sends.</summary>
    public BenchPlan PlanFor(IServerUnderTest server) => new()
    {
        Servers = server.Smtp,
        Sessions = Sessions,
        Messages = Messages,
        Domains = DomainMix.Parse(Domains),
        Sizes = SizeMix.Parse(Size),
    };
}
