using System.CommandLine;
using Mta.Cli.Contexts;

namespace Mta.Cli.Client;

/// <summary>The options that say which cluster, and the form of the output; the same for every command that asks one.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string> _context = new("--context") { Description = "A cluster of the context file; else MTACTL_CONTEXT, else the one in use." };
    private readonly Option<string> _url = new("--url") { Description = "The management endpoint of any node; else MTACTL_URL, else the context's, else http://127.0.0.1:8558." };
    private readonly Option<string> _tokenFile = new("--token-file") { Description = "The file whose first line is the token; else the token in MTACTL_TOKEN, else the context's." };
    private readonly Option<string> _authorities = new("--authorities") { Description = "A PEM file of the authorities of the endpoint's certificate; else the system's." };
    private readonly Option<string> _certificate = new("--certificate") { Description = "A PEM file with the client's certificate." };
    private readonly Option<string> _key = new("--key") { Description = "A PEM file with the certificate's key." };

    /// <summary>The options.</summary>
    public IEnumerable<Option> All => [_context, _url, _tokenFile, _authorities, _certificate, _key];

    /// <summary>A client for the cluster that is meant.</summary>
    /// <exception cref="CliException">It cannot be told which, or a file cannot be used.</exception>
    public ManagementClient Connect(ParseResult parsed, CliEnvironment environment)
    {
        var context = ContextOf(parsed, environment);
        context = context with
        {
            Url = First(parsed.GetValue(_url), environment.Variable("MTACTL_URL"), context.Url),
            AuthoritiesFile = First(parsed.GetValue(_authorities), context.AuthoritiesFile),
            CertificateFile = First(parsed.GetValue(_certificate), context.CertificateFile),
            KeyFile = First(parsed.GetValue(_key), context.KeyFile),
        };
        return new ManagementClient(context, TokenOf(parsed.GetValue(_tokenFile), environment.Variable("MTACTL_TOKEN"), context.TokenFile));
    }

    private ClusterContext ContextOf(ParseResult parsed, CliEnvironment environment)
    {
        var content = environment.Contexts.Read();
        var name = First(parsed.GetValue(_context), environment.Variable("MTACTL_CONTEXT"), content.Current);
        if (name.Length == 0)
            return new ClusterContext();
        return content.Contexts.TryGetValue(name, out var context)
            ? context
            : throw new CliException(ExitCodes.Usage, $"{environment.Contexts.Path} has no context {name}; 'mtactl context set' makes one");
    }

    private static string? TokenOf(string? file, string? variable, string contextFile)
    {
        if (string.IsNullOrEmpty(file) && !string.IsNullOrEmpty(variable))
            return variable;
        var path = First(file, contextFile);
        if (path.Length == 0)
            return null;
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim() is { Length: > 0 } token ? token : throw new CliException(ExitCodes.Usage, $"the first line of {path} is empty; expected is the token");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{path} cannot be read: {e.Message}");
        }
    }

    private static string First(params string?[] values) => values.FirstOrDefault(v => !string.IsNullOrEmpty(v)) ?? "";
}
