namespace Mta.Cli;

/// <summary>Runs a command, and turns what ends it into a line and an exit code.</summary>
internal static class Guard
{
    /// <summary>Runs it.</summary>
    public static int Run(CliEnvironment environment, Action command)
    {
        try
        {
            command();
            return ExitCodes.Success;
        }
        catch (CliException e)
        {
            return Say(environment, e);
        }
    }

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(CliEnvironment environment, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (CliException e)
        {
            return Say(environment, e);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C ends what would have no end.
            return ExitCodes.Success;
        }
    }

    private static int Say(CliEnvironment environment, CliException e)
    {
        environment.Error.WriteLine($"mtactl: {e.Message}");
        return e.ExitCode;
    }
}
