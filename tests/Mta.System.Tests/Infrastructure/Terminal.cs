using Mta.Testing;

namespace Mta.SystemTests.Infrastructure;

/// <summary>A terminal in the repository's top level, in which commands run as a newcomer types them; closing it ends all that runs there.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private readonly ChildProcess _shell;

    private Terminal(ChildProcess shell) => _shell = shell;

    /// <summary>Runs commands without waiting for their end.</summary>
    public static Terminal Run(string commands, IReadOnlyDictionary<string, string>? environment = null)
    {
        // No build process may outlive the terminal: it would hold its output open.
        var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>())
        {
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["UseSharedCompilation"] = "false",
        };
        // A session of its own, so that the shell's pid is the group of all that it starts.
        return new Terminal(ChildProcess.Start("setsid", ["bash", "-c", commands], Directories.Repository, variables));
    }

    /// <summary>Runs commands to their end; throws with their output unless the last one exits with 0.</summary>
    public static Task<IReadOnlyList<string>> RunToEndAsync(string commands) =>
        ChildProcess.RunAsync("bash", ["-c", commands], TimeSpan.FromMinutes(1), Directories.Repository);

    /// <summary>What has been printed so far.</summary>
    public IReadOnlyList<string> Lines => _shell.Lines;

    /// <summary>The first line that holds a text.</summary>
    public Task<string> WaitForTextAsync(string text, TimeSpan limit) =>
        _shell.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), limit);

    public async ValueTask DisposeAsync()
    {
        if (!_shell.HasExited)
        {
            await ChildProcess.RunAsync("bash", ["-c", $"kill -TERM -- -{_shell.Pid}"], EndLimit);
            await _shell.WaitForExitAsync(EndLimit);
        }
        await _shell.DisposeAsync();
    }
}
