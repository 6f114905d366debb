using System.Globalization;
using System.Text.RegularExpressions;
using Mta.Testing;

namespace Mta.SystemTests.Infrastructure;

/// <summary>Postfix's <c>smtp-sink</c>, which writes each message that it gets to a file of its own.</summary>
internal sealed partial class PostfixSink : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly string _folder;

    private PostfixSink(ChildProcess process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public static async Task<PostfixSink> StartAsync(Workspace workspace, int? port = null, params string[] options)
    {
        var folder = workspace.Folder($"sink-{Guid.NewGuid():N}");
        // smtp-sink gives up root's rights for those of the user that owns the mail.
        if (Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        var chosen = port ?? Loopback.FreePort();
        string[] user = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
        var process = ChildProcess.Start(
            "smtp-sink",
            [.. user, .. options, "-d", $"{folder}/%M.", $"127.0.0.1:{chosen.ToString(CultureInfo.InvariantCulture)}", "1024"]);
        await Ports.WaitUntilOpenAsync(chosen, TimeSpan.FromSeconds(10));
        return new PostfixSink(process, folder, chosen);
    }

    /// <summary>How many messages have arrived (or are arriving).</summary>
    public int Count => Directory.EnumerateFiles(_folder).Count();

    /// <summary>Every recipient of every message, with repetitions.</summary>
    public IReadOnlyList<string> Recipients() =>
        [.. Directory.EnumerateFiles(_folder).SelectMany(f => RecipientLine().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value)];

    public IReadOnlyList<string> Messages() => [.. Directory.EnumerateFiles(_folder).Select(File.ReadAllText)];

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"^X-Rcpt-Args: <([^>]*)>", RegexOptions.Multiline)]
    private static partial Regex RecipientLine();
}
