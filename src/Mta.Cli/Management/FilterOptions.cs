using System.CommandLine;

namespace Mta.Cli.Management;

/// <summary>Which queued mail a command means: all conditions that are given must hold, and at least one must be given.</summary>
internal sealed class FilterOptions
{
    private readonly Argument<string?> _domain = new("domain")
    {
        Description = "The destination: a domain, '*.domain' for all below it, or '*' for all mail.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly (string Name, Option<string?> Option)[] _options =
    [
        ("sender", new("--sender") { Description = "The sender's address, '*@domain' for all of a domain, or '<>' for the null one." }),
        ("recipient", new("--recipient") { Description = "A recipient's address." }),
        ("olderThan", new("--older-than") { Description = "Accepted longer ago than this, as in 90m or 2d." }),
        ("reason", new("--deferred-for") { Description = "Deferred last for this reason, as 'mtactl queues' lists it." }),
        ("reply", new("--reply") { Description = "Stands in the last reply that deferred it." }),
        ("message", new("--message") { Description = "The message's id." }),
        ("tenant", new("--tenant") { Description = "Whose mail it is." }),
        ("campaign", new("--campaign") { Description = "The mailing that it belongs to." }),
        ("messageId", new("--message-id") { Description = "Its Message-ID field, with or without the brackets." }),
        ("held", new("--held") { Description = "true for what is held, false for what is not." }),
        ("hold", new("--hold") { Description = "Held by this standing hold, as 'mtactl holds' lists it; 'operator' for what a job has held." }),
    ];

    /// <summary>Gives a command the argument and the options.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_domain);
        foreach (var (_, option) in _options)
            command.Options.Add(option);
    }

    /// <summary>The conditions that are given, as the endpoint names them.</summary>
    /// <exception cref="CliException">None is given.</exception>
    public Dictionary<string, string> Read(ParseResult parsed)
    {
        Dictionary<string, string> given = [];
        if (parsed.GetValue(_domain) is { Length: > 0 } domain)
            given.Add("domain", domain);
        foreach (var (name, option) in _options)
            if (parsed.GetValue(option) is { Length: > 0 } value)
                given.Add(name, value);
        return given.Count > 0 ? given : throw new CliException(ExitCodes.Usage, "say which mail is meant; '*' is all of it");
    }

    /// <summary>The conditions in the form of an order's body.</summary>
    /// <exception cref="CliException">One cannot be used.</exception>
    public static Dictionary<string, object> Body(Dictionary<string, string> given) => given.ToDictionary(
        g => g.Key,
        g => g.Key != "held" ? (object)g.Value : bool.TryParse(g.Value, out var held) ? held : throw new CliException(ExitCodes.Usage, $"--held is '{g.Value}'; expected true or false"));

    /// <summary>The conditions in words.</summary>
    public static string Describe(Dictionary<string, string> given) => string.Join(" and ", given.Select(g => $"{g.Key} {g.Value}"));
}
