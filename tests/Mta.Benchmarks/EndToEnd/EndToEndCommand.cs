using System.Globalization;

namespace Mta.Benchmarks.EndToEnd;

/// <summary><c>e2e [scenarios] [runs]</c>: prints one table row for each scenario, the median of its runs.</summary>
internal static class EndToEndCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var wanted = arguments.Length > 0 ? arguments[0].ToUpperInvariant() : "ABC";
        var runs = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        Console.WriteLine(RunFigures.Header);
        foreach (var scenario in Scenario.All.Where(s => wanted.Contains(s.Name, StringComparison.Ordinal)))
        {
            var figures = new List<RunFigures>();
            for (var run = 0; run < runs; run++)
                figures.Add(await EndToEndRun.OfAsync(scenario).ConfigureAwait(false));
            Console.WriteLine(RunFigures.Median(figures).Row($"{scenario.Name}: {scenario.Title}"));
        }
        return 0;
    }
}
