using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;

namespace Mta.Cli.Bench;

/// <summary>The options of <c>mtactl bench</c>.</summary>
internal sealed class BenchOptions
{
    private const string DefaultDomains = "uniform:1";
    private const string DefaultSender = "sender@bench.test";
    private const string DefaultRecipient = "m{id}@{domain}";

    public Option<string[]> To { get; } = new("--to") { Description = "The server, HOST:PORT; several share the sessions.", Required = true };

    public Option<int> Sessions { get; } = Number("--sessions", 50, 1, 10_000, "Sessions at a time.");

    public Option<long?> Messages { get; } = new("--messages") { Description = "How many messages. Without it and without --duration: 1000." };

    public Option<double?> Duration { get; } = new("--duration") { Description = "For how many seconds messages are begun." };

    public Option<double?> Rate { get; } = new("--rate") { Description = "Messages a second at most, over all sessions. Without it as fast as the server takes them." };

    public Option<string> Domains { get; } = Parsed(
        "--domains", DefaultDomains, "Where mail goes to: uniform:N, zipf:N, zipf:N:EXPONENT, or NAME=WEIGHT,… .", DomainMix.Parse);

    public Option<string> Sizes { get; } = Parsed("--sizes", "2k", "Octets of a message, header included: 2k, or SIZE=WEIGHT,… .", SizeMix.Parse);

    public Option<string> Sender { get; } = Parsed(
        "--sender", DefaultSender, "The reverse-path; {id}, {domain} and {session} are filled in.", AddressPattern.Parse);

    public Option<string> Recipient { get; } = Parsed(
        "--recipient", DefaultRecipient, "The recipient, with the same places. A sink knows a message by the number before the at sign.", AddressPattern.Parse);

    public Option<int> PerSession { get; } = Number("--per-session", 500, 1, int.MaxValue, "A session ends after so many messages, and another begins.");

    public Option<long> FirstId { get; } = new("--first-id") { Description = "The number of the first message.", DefaultValueFactory = _ => 0 };

    public Option<bool> NoPipelining { get; } = new("--no-pipelining") { Description = "Wait for the reply to each command, even where the server offers PIPELINING." };

    public Option<bool> StartTls { get; } = new("--starttls") { Description = "Begin TLS. The certificate is not verified." };

    public Option<string?> User { get; } = new("--user") { Description = "Log in by AUTH PLAIN as this user; needs --password-file." };

    public Option<string?> PasswordFile { get; } = new("--password-file") { Description = "A file whose first line is the password." };

    public Option<int> Patience { get; } = Number("--patience", 300, 1, 86_400, "Seconds that one message may take.");

    public Option<int?> Sink { get; } = new("--sink") { Description = "Take the mail at the other end, on this port of 127.0.0.1, and count what arrives." };

    public Option<int> Drain { get; } = Number("--drain", 60, 0, 86_400, "With --sink: seconds without an arrival after which what is missing is lost.");

    public Option<string?> Ids { get; } = new("--ids") { Description = "A file for the result of each message: number, result, code, microseconds from dot to 250, apart by tabs." };

    public Option<string> Output { get; } = new("--output")
    {
        Description = "How the result is printed.",
        DefaultValueFactory = _ => "table",
        Validators =
        {
            result =>
            {
                if (result.GetValueOrDefault<string>() is not ("table" or "json"))
                    result.AddError("--output: expected table or json");
            },
        },
    };

    public Option<bool> Quiet { get; } = new("--quiet") { Description = "No progress on standard error." };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All =>
    [
        To, Sessions, Messages, Duration, Rate, Domains, Sizes, Sender, Recipient, PerSession, FirstId, NoPipelining, StartTls, User, PasswordFile, Patience, Sink,
        Drain, Ids, Output, Quiet,
    ];

    /// <summary>What no single option can check.</summary>
    public void Check(CommandResult result)
    {
        if (result.GetValue(To) is { } servers && !servers.All(s => ServerAddress.TryParse(s, out _)))
            result.AddError("--to: expected HOST:PORT");
        if (result.GetValue(Messages) is < 1 || result.GetValue(Duration) is <= 0 || result.GetValue(Rate) is <= 0)
            result.AddError("--messages, --duration and --rate: expected a number above 0");
        if (result.GetValue(Sink) is < 0 or > 65_535)
            result.AddError("--sink: expected a port from 0 to 65535");
        if (result.GetValue(FirstId) < 0)
            result.AddError("--first-id: expected a number from 0 on");
        if (result.GetValue(User) is null != result.GetValue(PasswordFile) is null)
            result.AddError("--user and --password-file: expected both or neither");
        CheckAddresses(result);
    }

    /// <summary>The plan that was asked for.</summary>
    /// <exception cref="IOException">The server's name cannot be resolved, or the file with the password cannot be read.</exception>
    public async Task<BenchPlan> PlanAsync(ParseResult parsed, CancellationToken cancel)
    {
        var servers = new List<EndPoint>();
        var name = "";
        foreach (var text in parsed.GetRequiredValue(To))
        {
            if (!ServerAddress.TryParse(text, out var server))
                continue;
            name = server.Host;
            servers.Add(new IPEndPoint(await ResolveAsync(server.Host, cancel).ConfigureAwait(false), server.Port));
        }
        var duration = parsed.GetValue(Duration);
        return new BenchPlan
        {
            Servers = servers,
            ServerName = name,
            Sessions = parsed.GetValue(Sessions),
            Messages = parsed.GetValue(Messages) ?? (duration is null ? 1000 : null),
            Duration = duration is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Rate = parsed.GetValue(Rate),
            Domains = DomainMix.Parse(parsed.GetRequiredValue(Domains)),
            Sizes = SizeMix.Parse(parsed.GetRequiredValue(Sizes)),
            Sender = AddressPattern.Parse(parsed.GetRequiredValue(Sender)),
            Recipient = AddressPattern.Parse(parsed.GetRequiredValue(Recipient)),
            MessagesPerSession = parsed.GetValue(PerSession),
            FirstId = parsed.GetValue(FirstId),
            Pipelining = !parsed.GetValue(NoPipelining),
            StartTls = parsed.GetValue(StartTls),
            User = await Cli.PasswordFile.ReadAsync(parsed.GetValue(User), parsed.GetValue(PasswordFile), cancel).ConfigureAwait(false),
            Patience = TimeSpan.FromSeconds(parsed.GetValue(Patience)),
        };
    }

    // A command is checked before its defaults are set, and perhaps before its options are; what is wrong with one of them alone it says itself.
    private void CheckAddresses(CommandResult result)
    {
        var longest = Try(DomainMix.Parse, result.GetValue(Domains) ?? DefaultDomains)?.Names.Max(n => n.Length) ?? 0;
        var sender = Try(AddressPattern.Parse, result.GetValue(Sender) ?? DefaultSender);
        var recipient = Try(AddressPattern.Parse, result.GetValue(Recipient) ?? DefaultRecipient);
        if (sender?.LongestWith(longest) > AddressPattern.Longest || recipient?.LongestWith(longest) > AddressPattern.Longest)
            result.AddError($"--sender and --recipient: an address may come to more than {AddressPattern.Longest} octets");
        if (result.GetValue(Sink) is not null && recipient is { HasId: false })
            result.AddError("--recipient: with --sink it needs {id}");
    }

    private static T? Try<T>(Func<string, T> parse, string text)
        where T : class
    {
        try
        {
            return parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static async Task<IPAddress> ResolveAsync(string host, CancellationToken cancel)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(host, cancel).ConfigureAwait(false))[0];
        }
        catch (SocketException error)
        {
            throw new IOException($"{host}: {error.Message}", error);
        }
    }

    private static Option<int> Number(string name, int otherwise, int least, int most, string description)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
                result.AddError($"{name}: expected a number from {least} to {most}");
        });
        return option;
    }

    private static Option<string> Parsed<T>(string name, string otherwise, string description, Func<string, T> parse)
    {
        Option<string> option = new(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            try
            {
                parse(result.GetValueOrDefault<string>() ?? "");
            }
            catch (FormatException error)
            {
                result.AddError($"{name}: {error.Message}");
            }
        });
        return option;
    }
}
