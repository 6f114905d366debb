using System.CommandLine;

namespace Mta.Cli.Management;

/// <summary>What an action wants beside the mail that is meant.</summary>
/// <param name="action">The action.</param>
internal sealed class JobOptions(string action)
{
    private readonly Option<string?> _reason = new("--reason") { Description = action == "bounce" ? "What senders are told." : "Why, for others to read." };
    private readonly Option<string?> _via = new("--via") { Description = "A host with an optional port, 'mx', 'route:' and the first pattern of a configured route, or 'default'.", Required = true };
    private readonly Option<string?> _at = new("--at") { Description = "When it is given up, as in 2026-03-01T12:00:00Z." };
    private readonly Option<string?> _lifetime = new("--lifetime") { Description = "How long after its acceptance it is given up, as in 12h or 7d; 'default' for what the configuration says." };

    /// <summary>Gives a command the options of its action.</summary>
    public void AddTo(Command command)
    {
        if (action is "bounce" or "hold")
            command.Options.Add(_reason);
        if (action == "reroute")
            command.Options.Add(_via);
        if (action != "expire")
            return;
        command.Options.Add(_at);
        command.Options.Add(_lifetime);
    }

    /// <summary>What is given, as the endpoint names it.</summary>
    /// <exception cref="CliException">It cannot be used.</exception>
    public Dictionary<string, object?> Read(ParseResult parsed)
    {
        Dictionary<string, object?> given = [];
        if (action is "bounce" or "hold")
            given["reason"] = parsed.GetValue(_reason);
        if (action == "reroute")
            given["route"] = parsed.GetValue(_via);
        if (action != "expire")
            return given;
        if (parsed.GetValue(_at) is null == parsed.GetValue(_lifetime) is null)
            throw new CliException(ExitCodes.Usage, "give either --at or --lifetime");
        (given["expiresAt"], given["lifetime"]) = (TimeOptions.Time("--at", parsed.GetValue(_at)), parsed.GetValue(_lifetime));
        return given;
    }
}
