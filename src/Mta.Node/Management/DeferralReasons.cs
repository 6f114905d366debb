using Mta.Queueing;

namespace Mta.Node.Management;

/// <summary>The reasons why mail waits, as operators name them.</summary>
internal static class DeferralReasons
{
    /// <summary>What is expected, for error texts.</summary>
    public static string Expected { get; } = $"one of {string.Join(", ", Enum.GetNames<DeferralReason>().Skip(1))}";

    /// <summary>Reads a name, in whatever case; a number is none.</summary>
    public static bool TryParse(string? text, out DeferralReason reason)
    {
        reason = DeferralReason.None;
        return !string.IsNullOrEmpty(text) && char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out reason) && reason != DeferralReason.None;
    }
}
