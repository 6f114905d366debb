using System.CommandLine;
using System.CommandLine.Parsing;
using MailKit;
using MimeKit;

namespace Mta.Cli.Sending;

/// <summary>The options of <c>mtactl send</c>.</summary>
internal sealed class SendOptions
{
    /// <summary>A message of more is not made up.</summary>
    private const int MostOctets = 1 << 30;
    private const int MostSeconds = 86_400;

    public Argument<string[]> Recipients { get; } = new("RECIPIENT") { Description = "Addresses that the message is for.", Arity = ArgumentArity.OneOrMore };

    public Option<string> Server { get; } = new("--server") { Description = "The server, HOST:PORT.", DefaultValueFactory = _ => "127.0.0.1:2525" };

    public Option<string> Sender { get; } = new("--sender")
    {
        Description = "The reverse-path, and From; empty for the null reverse-path, as delivery reports have it. Without it postmaster at this machine's name.",
        DefaultValueFactory = _ => $"postmaster@{Environment.MachineName.ToLowerInvariant()}",
    };

    public Option<string> Subject { get; } = new("--subject") { Description = "The subject.", DefaultValueFactory = _ => "A test message" };

    public Option<string?> Text { get; } = new("--text") { Description = "The text." };

    public Option<string?> Message { get; } = new("--message") { Description = "A file with a whole message, header and body, which is sent instead of one that is made up; - is standard input.", HelpName = "FILE" };

    public Option<string[]> Header { get; } = new("--header") { Description = "One more header field, as in 'X-Campaign: spring'; may be given several times.", HelpName = "FIELD" };

    public Option<int?> Size { get; } = new("--size") { Description = "Octets of text that are made up.", HelpName = "OCTETS" };

    public Option<DeliveryStatusNotification[]> Notify { get; } = new("--notify")
    {
        Description = "Which reports the sender wants (RFC 3461): never, success, failure, delay; may be given several times.",
    };

    public Option<bool> StartTls { get; } = new("--starttls") { Description = "Begin TLS by STARTTLS, or fail." };

    public Option<bool> Tls { get; } = new("--tls") { Description = "TLS from the first octet, as on port 465." };

    public Option<bool> Insecure { get; } = new("--insecure") { Description = "Do not verify the server's certificate." };

    public Option<string?> User { get; } = new("--user") { Description = "Log in as this user, by the strongest way that both know; needs --password-file." };

    public Option<string?> PasswordFile { get; } = new("--password-file") { Description = "A file whose first line is the password." };

    public Option<bool> Follow { get; } = new("--follow") { Description = "Ask the endpoint what becomes of it, until each recipient has it or will not." };

    public Option<int> Patience { get; } = new("--patience") { Description = "Seconds that sending may take, and following after it.", DefaultValueFactory = _ => 60 };

    /// <summary>Adds them.</summary>
    public void AddTo(Command command)
    {
        command.Add(Recipients);
        foreach (Option option in (Option[])[Server, Sender, Subject, Text, Message, Header, Size, Notify, StartTls, Tls, Insecure, User, PasswordFile, Follow, Patience])
            command.Add(option);
        command.Validators.Add(Check);
    }

    private void Check(CommandResult result)
    {
        foreach (var recipient in result.GetValue(Recipients) ?? [])
            CheckAddress(result, "RECIPIENT", recipient);
        if (result.GetValue(Sender) is { Length: > 0 } sender)
            CheckAddress(result, "--sender", sender);
        if (result.GetValue(Server) is { } server && !ServerAddress.TryParse(server, out _))
            result.AddError("--server: expected HOST:PORT");
        if (result.GetValue(Size) is < 0 or > MostOctets)
            result.AddError($"--size: expected a number from 0 to {MostOctets}");
        if (result.GetResult(Patience) is not null && result.GetValue(Patience) is < 1 or > MostSeconds)
            result.AddError($"--patience: expected a number from 1 to {MostSeconds}");
        if (result.GetValue(StartTls) && result.GetValue(Tls))
            result.AddError("--starttls and --tls are two things");
        if (result.GetValue(Size) is not null && result.GetValue(Text) is not null)
            result.AddError("--size and --text are two things");
        if (result.GetValue(Message) is not null && ((Option[])[Subject, Text, Header, Size]).Any(o => result.GetResult(o) is { Implicit: false }))
            result.AddError("--message is a whole message; --subject, --text, --header and --size make one up");
        if (result.GetValue(User) is null != result.GetValue(PasswordFile) is null)
            result.AddError("--user and --password-file: expected both or neither");
        foreach (var field in result.GetValue(Header) ?? [])
        {
            if (!HeaderField.TryParse(field, out _))
                result.AddError($"--header: expected NAME: VALUE, not '{field}'");
        }
        if (result.GetValue(Notify) is { Length: > 1 } notify && notify.Contains(DeliveryStatusNotification.Never))
            result.AddError("--notify: never stands alone");
    }

    private static void CheckAddress(CommandResult result, string what, string address)
    {
        if (!MailboxAddress.TryParse(address, out var mailbox) || mailbox.Address != address || !address.Contains('@', StringComparison.Ordinal))
            result.AddError($"{what}: '{address}' is no address; expected as in anna@example.com");
    }
}
