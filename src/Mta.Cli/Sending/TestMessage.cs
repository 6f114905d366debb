using System.CommandLine;
using System.Text;
using MimeKit;

namespace Mta.Cli.Sending;

/// <summary>The message that is sent: one that is made up, or one from a file.</summary>
internal static class TestMessage
{
    private const int LineLength = 78;
    private const string Stdin = "-";

    /// <summary>Makes it; disposing of it is the caller's.</summary>
    /// <exception cref="CliException">The file cannot be read, or is no message.</exception>
    public static async Task<MimeMessage> CreateAsync(SendOptions options, ParseResult parsed, Func<Stream> input, CancellationToken cancel) =>
        parsed.GetValue(options.Message) is { } file ? await ReadAsync(file, input, cancel) : MakeUp(options, parsed);

    private static async Task<MimeMessage> ReadAsync(string file, Func<Stream> input, CancellationToken cancel)
    {
        try
        {
            await using var stream = file == Stdin ? input() : File.OpenRead(file);
            return await MimeMessage.LoadAsync(stream, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{file} cannot be read: {e.Message}");
        }
        catch (FormatException e)
        {
            throw new CliException(ExitCodes.Usage, $"{file} is no message: {e.Message}");
        }
    }

    private static MimeMessage MakeUp(SendOptions options, ParseResult parsed)
    {
        var sender = parsed.GetRequiredValue(options.Sender);
        MimeMessage message = new() { Subject = parsed.GetRequiredValue(options.Subject) };
        // RFC 5322 §3.6.2 wants an author, even where the reverse-path is null.
        message.From.Add(MailboxAddress.Parse(sender.Length > 0 ? sender : $"postmaster@{Environment.MachineName.ToLowerInvariant()}"));
        message.To.AddRange(parsed.GetRequiredValue(options.Recipients).Select(MailboxAddress.Parse));
        foreach (var field in parsed.GetValue(options.Header) ?? [])
        {
            if (HeaderField.TryParse(field, out var header))
                message.Headers.Add(header);
        }
        message.Body = new TextPart("plain") { Text = TextOf(parsed.GetValue(options.Text), parsed.GetValue(options.Size)) };
        return message;
    }

    private static string TextOf(string? text, int? size) => (text, size) switch
    {
        ({ } given, _) => given + "\r\n",
        (_, { } octets) => Filled(octets),
        _ => "Sent by mtactl to see whether mail goes through.\r\n",
    };

    // Lines of RFC 5322 §2.1.1's length until there is enough.
    private static string Filled(int octets)
    {
        StringBuilder text = new(octets);
        while (text.Length < octets)
        {
            var length = Math.Min(LineLength, Math.Max(0, octets - text.Length - 2));
            text.Append('x', length).Append("\r\n");
        }
        return text.ToString();
    }
}
