using System.CommandLine;
using System.Globalization;

namespace Mta.Cli.Management;

/// <summary>Until when an order stands.</summary>
internal sealed class TimeOptions
{
    private readonly Option<string?> _for = new("--for") { Description = "For how long, as in 90m or 2d; without it, until it is ended." };
    private readonly Option<string?> _until = new("--until") { Description = "Until when instead, as in 2026-03-01T12:00:00Z." };

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_for);
        command.Options.Add(_until);
    }

    /// <summary>Adds what is given, as the endpoint names it.</summary>
    /// <exception cref="CliException">It cannot be used.</exception>
    public void Read(ParseResult parsed, Dictionary<string, object?> order) =>
        (order["for"], order["until"]) = (parsed.GetValue(_for), Time("--until", parsed.GetValue(_until)));

    /// <summary>A time; null where none is given.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static DateTimeOffset? Time(string option, string? text)
    {
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CliException(ExitCodes.Usage, $"{option} is '{text}'; expected a time such as 2026-03-01T12:00:00Z");
    }
}
