using System.Text.RegularExpressions;

namespace Mta.Node.Configuration;

/// <summary>
/// Values that are kept elsewhere: <c>${env:NAME}</c> is an environment variable's value, <c>${file:PATH}</c> a file's content without
/// the line end at its end. Both may stand alone or within a longer value. They keep secrets out of the configuration file.
/// </summary>
internal sealed partial class ValueReference(Func<string, string?> environment)
{
    private const long MaxFileBytes = 64 * 1024;

    /// <summary>Puts the referred values in.</summary>
    /// <param name="text">The text with references.</param>
    /// <param name="problem">What is wrong; null when all references hold.</param>
    public string Expand(string text, out string? problem)
    {
        string? wrong = null;
        string expanded = Reference().Replace(text, match =>
        {
            string name = match.Groups["name"].Value;
            return match.Groups["kind"].Value == "env" ? Variable(name, ref wrong) : Content(name, ref wrong);
        });
        problem = wrong;
        return expanded;
    }

    /// <summary>Whether a text holds a reference.</summary>
    public static bool IsIn(string text) => Reference().IsMatch(text);

    [GeneratedRegex(@"\$\{(?<kind>env|file):(?<name>[^}]*)\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    private string Variable(string name, ref string? wrong)
    {
        if (environment(name) is { } value)
            return value;
        wrong = $"the environment variable {name} is not set";
        return "";
    }

    private static string Content(string path, ref string? wrong)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes)
                wrong = $"the file {path} is larger than {SizeText.Format(MaxFileBytes)}";
            else
                return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            wrong = $"the file {path} cannot be read: {e.Message}";
        }
        return "";
    }
}
