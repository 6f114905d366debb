namespace Mta.Cli.Tests.Management;

/// <summary>Runs <c>mtactl</c> in this process, with a world of its own.</summary>
internal sealed class Terminal : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mtactl-");
    private readonly Dictionary<string, string> _variables = [];

    public Terminal() => _variables["MTACTL_CONFIG"] = At("contexts.json");

    public string Output { get; private set; } = "";

    /// <summary>What was written as octets.</summary>
    public string Octets { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string At(string name) => Path.Combine(_directory.FullName, name);

    public Terminal With(string variable, string value)
    {
        _variables[variable] = value;
        return this;
    }

    public async Task<int> RunAsync(string[] arguments, string input = "", bool isInteractive = false, int? width = null)
    {
        using StringReader reader = new(input);
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        using MemoryStream octets = new();
        CliEnvironment environment = new(reader, output, error, name => _variables.GetValueOrDefault(name), isInteractive, width)
        {
            OpenOutput = () => octets,
            OpenInput = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)),
        };
        var code = await MtactlCommand.Create(environment).Parse(arguments).InvokeAsync(
            new System.CommandLine.InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        Octets = System.Text.Encoding.UTF8.GetString(octets.ToArray());
        (Output, Error) = (Trimmed(output.ToString()), error.ToString());
        return code;
    }

    public void Dispose() => _directory.Delete(recursive: true);

    // What stands at the end of a line is for the eye only.
    private static string Trimmed(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()));
}
