using System.Globalization;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>
/// <c>e2e [scenarios] [runs] [mta|postfix|both]</c>: prints one table row for each scenario and server, the median of its runs. With both
/// servers they run in turn, and a row gives the ratio.
/// </summary>
internal static class EndToEndCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var wanted = arguments.Length > 0 ? arguments[0].ToUpperInvariant() : "ABC";
        var runs = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        var servers = Servers(arguments.Length > 2 ? arguments[2] : "mta");
        Console.WriteLine(RunFigures.Header);
        foreach (var scenario in Scenario.All.Where(s => wanted.Contains(s.Name, StringComparison.Ordinal)))
            await CompareAsync(scenario, servers, runs).ConfigureAwait(false);
        return 0;
    }

    private static (string Name, StartServer Start)[] Servers(string which) => which switch
    {
        "mta" => [("mta", NodeUnderTest.StartAsync)],
        "postfix" => [("postfix", PostfixUnderTest.StartAsync)],
        "both" => [("postfix", PostfixUnderTest.StartAsync), ("mta", NodeUnderTest.StartAsync)],
        _ => throw new ArgumentException($"'{which}' is none of mta, postfix, both", nameof(which)),
    };

    private static async Task CompareAsync(Scenario scenario, (string Name, StartServer Start)[] servers, int runs)
    {
        var figures = servers.Select(_ => new List<RunFigures>()).ToArray();
        for (var run = 0; run < runs; run++)
        {
            for (var i = 0; i < servers.Length; i++)
                figures[i].Add(await EndToEndRun.OfAsync(scenario, servers[i].Start).ConfigureAwait(false));
        }
        var medians = figures.Select(RunFigures.Median).ToArray();
        for (var i = 0; i < servers.Length; i++)
            Console.WriteLine(medians[i].Row($"{scenario.Name}: {scenario.Title}", servers[i].Name));
        if (medians is [var other, var ours])
            Console.WriteLine(ours.Ratio(other, scenario.Name));
    }
}
