namespace Mta.Protocol.Smtp;

/// <summary>A reply as a peer gave it, or as this system gives it on its own behalf (RFC 5321 §4.2).</summary>
/// <param name="Code">The three digits, 200 to 599.</param>
/// <param name="Enhanced">The enhanced status code (RFC 2034), or <see cref="EnhancedCode.None"/>.</param>
/// <param name="Text">The text without codes, lines joined by LF. Not yet escaped: loggers and headers escape it.</param>
public sealed record SmtpReply(int Code, EnhancedCode Enhanced, string Text)
{
    /// <summary>2yz: done.</summary>
    public bool IsPositive => Code is >= 200 and < 300;

    /// <summary>4yz: not now.</summary>
    public bool IsTransient => Code is >= 400 and < 500;

    /// <summary>5yz: never.</summary>
    public bool IsPermanent => Code is >= 500 and < 600;

    /// <summary>The reply on one line: code, enhanced code, text.</summary>
    public override string ToString() =>
        Enhanced.HasValue ? $"{Code} {Enhanced} {Text}" : $"{Code} {Text}";
}
