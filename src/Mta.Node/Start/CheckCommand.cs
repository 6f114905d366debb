using Mta.Node.Configuration;

namespace Mta.Node.Start;

/// <summary><c>--check</c>: reads and checks the configuration, and prints what it gives.</summary>
internal static class CheckCommand
{
    /// <summary>Checks a configuration.</summary>
    /// <param name="file">The configuration file, if one was named.</param>
    /// <param name="output">Takes the report.</param>
    /// <param name="error">Takes what is wrong, one line each.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string? file, TextWriter output, TextWriter error)
    {
        LoadedConfiguration configuration = ConfigurationLoader.Load(file);
        List<ConfigProblem> problems = [.. configuration.Problems, .. StartCheck.Surroundings(configuration)];
        foreach (ConfigProblem problem in problems)
            error.WriteLine(problem);
        if (problems.Count > 0)
            return ExitCodes.Configuration;
        CheckReport.Write(configuration, output);
        // A node that runs with this very configuration holds the ports; so this is worth a line, but no failure.
        foreach (ConfigProblem problem in StartCheck.Ports(configuration))
            output.WriteLine($"note: {problem}");
        output.WriteLine("configuration is valid");
        return ExitCodes.Ok;
    }
}
