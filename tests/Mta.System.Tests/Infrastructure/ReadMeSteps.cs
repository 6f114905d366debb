using System.Text.RegularExpressions;

namespace Mta.SystemTests.Infrastructure;

/// <summary>What the README tells a newcomer to type.</summary>
internal static partial class ReadMeSteps
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Directories.Repository, "README.md"));

    /// <summary>The first of the two commands.</summary>
    public static string FirstCommand => Block("## Two commands");

    /// <summary>The log line after which the README says to go on.</summary>
    public static string ListeningLine => Listening().Match(Text).Groups[1].Value;

    /// <summary>A step of the first mail, by the comment before its block.</summary>
    public static string FirstMail(string step) => Block($"<!-- first mail: {step} -->");

    // The first block of bash after a text.
    private static string Block(string after)
    {
        var start = Text.IndexOf(after, StringComparison.Ordinal);
        var block = start < 0 ? Match.Empty : Fenced().Match(Text, start);
        return block.Success ? block.Groups[1].Value : throw new InvalidOperationException($"the README has no block of bash after '{after}'");
    }

    [GeneratedRegex(@"^```bash\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("once the node's log says `([^`]+)`")]
    private static partial Regex Listening();
}
