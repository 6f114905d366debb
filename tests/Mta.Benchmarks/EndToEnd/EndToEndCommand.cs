using System.Globalization;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>
/// <c>e2e [scenarios] [runs] [mta|postfix|both|three] [messages]</c>: prints one table row for each scenario and server, the medians of its runs. With both
/// servers they run in turn, and rows give the ratios. A run has the scenario's number of messages, or that which is given.
/// </summary>
internal static class EndToEndCommand
{
    // Methods are compiled anew, for speed, when they have been called often; a process that runs for days does that once.
    private const int Compiled = 20_000;
    private static readonly Contender Postfix = new("postfix", PostfixUnderTest.StartAsync, 1000);
    private static readonly Contender Node = new("mta", NodeUnderTest.StartAsync, Compiled);
    private static readonly Contender OneOnPostgreSql = new("mta, 1 node", PostgreSqlNodesUnderTest.Of(1), Compiled);
    private static readonly Contender ThreeOnPostgreSql = new("mta, 3 nodes", PostgreSqlNodesUnderTest.Of(3), 2 * Compiled);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var wanted = arguments.Length > 0 ? arguments[0].ToUpperInvariant() : "ABC";
        var runs = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        var which = arguments.Length > 2 ? arguments[2] : "mta";
        int? messages = arguments.Length > 3 ? int.Parse(arguments[3], CultureInfo.InvariantCulture) : null;
        Console.WriteLine(RunFigures.Header);
        foreach (var scenario in Scenario.All.Where(s => wanted.Contains(s.Name, StringComparison.Ordinal)))
            await CompareAsync(scenario with { Messages = messages ?? scenario.Messages }, Contenders(which, scenario), runs).ConfigureAwait(false);
        return 0;
    }

    private static Contender[] Contenders(string which, Scenario scenario)
    {
        Contender[] ours = scenario.OnPostgreSql ? [OneOnPostgreSql, ThreeOnPostgreSql] : [Node];
        return which switch
        {
            "mta" => ours,
            "postfix" => [Postfix],
            "both" => [Postfix, .. ours],
            "three" when scenario.OnPostgreSql => [ThreeOnPostgreSql],
            _ => throw new ArgumentException($"'{which}' is none of mta, postfix, both, three", nameof(which)),
        };
    }

    // In turn, so that what else the machine does meets all of them.
    private static async Task CompareAsync(Scenario scenario, Contender[] contenders, int runs)
    {
        var figures = contenders.Select(_ => new List<RunFigures>()).ToArray();
        for (var run = 0; run < runs; run++)
        {
            for (var i = 0; i < contenders.Length; i++)
                figures[i].Add(await EndToEndRun.OfAsync(scenario, contenders[i].Start, contenders[i].WarmUp).ConfigureAwait(false));
        }
        var medians = figures.Select(RunFigures.Median).ToArray();
        for (var i = 0; i < medians.Length; i++)
            Console.WriteLine(medians[i].Row($"{scenario.Name}: {scenario.Title}", contenders[i].Name));
        for (var i = 1; i < medians.Length; i++)
        {
            for (var other = 0; other < i; other++)
                Console.WriteLine(medians[i].Ratio(medians[other], scenario.Name, $"{contenders[i].Name} : {contenders[other].Name}"));
        }
    }

    /// <summary>A server that takes part.</summary>
    /// <param name="Name">Its name in the table.</param>
    /// <param name="Start">Starts it.</param>
    /// <param name="WarmUp">Messages that it carries before it is measured.</param>
    private sealed record Contender(string Name, StartServer Start, int WarmUp);
}
