using System.CommandLine;

namespace Mta.Cli.Contexts;

/// <summary><c>mtactl context</c>: the clusters that a user knows.</summary>
internal static class ContextCommand
{
    private const string Description = """
        The clusters that you know, so that a command needs only a name, or none.

        The file holds no token; it names the file that does.

        Examples:
          $ mtactl context set production --url https://mta.example.com:8558 --token-file ~/.config/mtactl/production.token
          $ mtactl context use production
          $ mtactl nodes
          $ mtactl nodes --context test
        """;

    /// <summary>The command.</summary>
    public static Command Create(CliEnvironment environment)
    {
        Command list = new("list", "Lists them; the one in use is marked.");
        list.SetAction(_ => Guard.Run(environment, () => List(environment)));
        return new Command("context", Description) { list, Set(environment), Named("use", "Makes one the one in use.", environment, Use), Named("remove", "Forgets one.", environment, Remove) };
    }

    private static Command Set(CliEnvironment environment)
    {
        Argument<string> name = new("name") { Description = "The cluster's name." };
        Option<string> url = new("--url") { Description = "The management endpoint of any node.", Required = true };
        Option<string> token = new("--token-file") { Description = "The file whose first line is the token." };
        Option<string> authorities = new("--authorities") { Description = "A PEM file of the authorities of the endpoint's certificate." };
        Option<string> certificate = new("--certificate") { Description = "A PEM file with the client's certificate." };
        Option<string> key = new("--key") { Description = "A PEM file with the certificate's key." };
        Command command = new("set", "Remembers one, or changes it.") { name, url, token, authorities, certificate, key };
        command.SetAction(parsed => Guard.Run(environment, () =>
        {
            var content = environment.Contexts.Read();
            content.Contexts[parsed.GetValue(name)!] = new ClusterContext
            {
                Url = parsed.GetValue(url)!,
                TokenFile = FullPath(parsed.GetValue(token)),
                AuthoritiesFile = FullPath(parsed.GetValue(authorities)),
                CertificateFile = FullPath(parsed.GetValue(certificate)),
                KeyFile = FullPath(parsed.GetValue(key)),
            };
            // The first one is the one in use.
            environment.Contexts.Write(content.Current.Length > 0 ? content : content with { Current = parsed.GetValue(name)! });
        }));
        return command;
    }

    private static Command Named(string verb, string description, CliEnvironment environment, Func<ContextFileContent, string, ContextFileContent> change)
    {
        Argument<string> name = new("name") { Description = "The cluster's name." };
        name.CompletionSources.Add(_ => environment.Contexts.Read().Contexts.Keys.Select(k => new System.CommandLine.Completions.CompletionItem(k)));
        Command command = new(verb, description) { name };
        command.SetAction(parsed => Guard.Run(environment, () =>
        {
            var content = environment.Contexts.Read();
            var given = parsed.GetValue(name)!;
            if (!content.Contexts.ContainsKey(given))
                throw new CliException(ExitCodes.NotFound, $"{environment.Contexts.Path} has no context {given}");
            environment.Contexts.Write(change(content, given));
        }));
        return command;
    }

    private static ContextFileContent Use(ContextFileContent content, string name) => content with { Current = name };

    private static ContextFileContent Remove(ContextFileContent content, string name)
    {
        content.Contexts.Remove(name);
        return content.Current == name ? content with { Current = "" } : content;
    }

    private static void List(CliEnvironment environment)
    {
        var content = environment.Contexts.Read();
        foreach (var (name, context) in content.Contexts)
            environment.Output.WriteLine($"{(name == content.Current ? '*' : ' ')} {name}  {context.Url}");
    }

    private static string FullPath(string? path) => string.IsNullOrEmpty(path) ? "" : Path.GetFullPath(path);
}
