namespace Mta.Protocol.Smtp.Grammar;

/// <summary>The names that clients give in EHLO and HELO.</summary>
public static class HostNames
{
    /// <summary>
    /// True for 1 to 255 letters, digits and <c>-._:[]</c>. RFC 5321 §4.1.1.1 asks for a domain or an address literal; many honest clients send less (an
    /// underscore, a bare address), and these characters are harmless wherever the name goes: trace field, log, policy.
    /// </summary>
    /// <param name="name">The argument of the command.</param>
    public static bool IsAcceptable(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= 255 && !name.ContainsAnyExcept(GrammarSets.HostName);
}
