using Mta.Node.Start;
using Mta.Testing;

namespace Mta.Node.Tests.Start;

/// <summary>Runs the program's command line in this process.</summary>
internal static class Check
{
    /// <summary><c>--check</c> on a configuration; the file's directory is left out of what it wrote.</summary>
    public static Task<(int Code, string[] Output, string[] Errors)> RunAsync(Workspace workspace, string yaml) =>
        CommandAsync(workspace, "--config", workspace.Write("mta.yaml", yaml), "--check");

    /// <summary>Starts a node that is not expected to come up.</summary>
    public static Task<(int Code, string[] Output, string[] Errors)> StartAsync(Workspace workspace, string file) =>
        CommandAsync(workspace, "--config", file);

    private static async Task<(int Code, string[] Output, string[] Errors)> CommandAsync(Workspace workspace, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLine.RunAsync(args, output, error);
        return (code, Lines(output, workspace), Lines(error, workspace));
    }

    private static string[] Lines(StringWriter written, Workspace workspace) =>
        written.ToString().Replace(workspace.Path + "/", "", StringComparison.Ordinal).TrimEnd().Split(Environment.NewLine);
}
