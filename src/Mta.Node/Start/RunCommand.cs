using Mta.Node.Configuration;

namespace Mta.Node.Start;

/// <summary>Runs a node until it is told to stop.</summary>
internal static class RunCommand
{
    /// <summary>Runs a node.</summary>
    /// <param name="file">The configuration file, if one was named.</param>
    /// <param name="error">Takes what keeps the node from starting, one line each.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string? file, TextWriter error)
    {
        LoadedConfiguration configuration = ConfigurationLoader.Load(file);
        IReadOnlyList<ConfigProblem> problems = [.. configuration.Problems, .. StartCheck.Surroundings(configuration), .. StartCheck.Ports(configuration)];
        if (problems.Count > 0)
        {
            foreach (ConfigProblem problem in problems)
                await error.WriteLineAsync(problem.ToString());
            return ExitCodes.Configuration;
        }
        try
        {
            await using NodeHost host = NodeHost.Build(configuration);
            await host.RunAsync();
            // Set where the cluster, not a signal, has ended the node: whoever supervises it is to start it anew.
            return Environment.ExitCode == 0 ? ExitCodes.Ok : ExitCodes.Unavailable;
        }
        catch (Exception e) when (StartFailure.IsForTheOperator(e))
        {
            await error.WriteLineAsync($"cannot start: {StartFailure.Explain(e)}");
            return ExitCodes.Unavailable;
        }
    }
}
