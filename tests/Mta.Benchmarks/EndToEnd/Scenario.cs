namespace Mta.Benchmarks.EndToEnd;

/// <summary>One kind of load.</summary>
/// <param name="Name">Its letter.</param>
/// <param name="Title">What it is.</param>
/// <param name="Messages">How many messages.</param>
/// <param name="Size">Octets of each.</param>
/// <param name="Weights">How often each domain is the destination, relative to the others.</param>
internal sealed record Scenario(string Name, string Title, int Messages, int Size, IReadOnlyList<double> Weights)
{
    /// <summary>Client sessions at a time.</summary>
    public int Sessions { get; init; } = 50;

    /// <summary>Connections that the server may have to the sink.</summary>
    public int Connections { get; init; } = 20;

    /// <summary>How long the sink takes for each reply.</summary>
    public TimeSpan ReplyDelay { get; init; }

    /// <summary>The sink takes connections only when everything is accepted.</summary>
    public bool SinkComesLate { get; init; }

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("A", "2 KB to one domain", 20_000, 2_000, [1]),
        new("B", "10 KB over 200 domains, Zipf", 10_000, 10_000, Zipf(200)),
        new("C", "100 KB over 13 domains, one has three quarters", 3_000, 100_000, [36, .. Enumerable.Repeat(1.0, 12)]),
        new("D", "as B, the remote takes 100 ms for each reply", 4_000, 10_000, Zipf(200)) { ReplyDelay = TimeSpan.FromMilliseconds(100) },
        new("E", "backlog: as B, accepted while the sink is down, then drained", 10_000, 10_000, Zipf(200)) { SinkComesLate = true },
    ];

    /// <summary>The destination of each message: the same in each run.</summary>
    public string[] Destinations()
    {
        var random = new Random(5321);
        var sum = Weights.Sum();
        var chosen = new string[Messages];
        for (var i = 0; i < Messages; i++)
        {
            var at = random.NextDouble() * sum;
            var domain = 0;
            while (domain < Weights.Count - 1 && (at -= Weights[domain]) > 0)
                domain++;
            chosen[i] = $"d{domain}.test";
        }
        return chosen;
    }

    private static double[] Zipf(int count) => [.. Enumerable.Range(1, count).Select(rank => 1.0 / rank)];
}
