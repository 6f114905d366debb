using System.Buffers;

namespace Mta.Protocol.Smtp.Grammar;

/// <summary>The character sets of RFC 5321 and RFC 5322.</summary>
internal static class GrammarSets
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary><c>atext</c> (RFC 5322 §3.2.3).</summary>
    public static readonly SearchValues<byte> Atext = Of(Alphanumeric + "!#$%&'*+-/=?^_`{|}~");

    /// <summary><c>Let-dig / "-"</c> (RFC 5321 §4.1.2).</summary>
    public static readonly SearchValues<byte> LetDigHyphen = Of(Alphanumeric + "-");

    /// <summary>What may stand in an address literal.</summary>
    public static readonly SearchValues<byte> Literal = Of(Alphanumeric + ".:-");

    /// <summary>What a client may call itself.</summary>
    public static readonly SearchValues<byte> HostName = Of(Alphanumeric + ".:-_[]");

    private static SearchValues<byte> Of(string set) => SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(set));
}
