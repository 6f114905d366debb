namespace Mta.Protocol.Smtp.Client;

/// <summary>What the next reply of the peer answers. The peer answers in the order of the commands (RFC 2920 §3.2), so these stand in a queue.</summary>
internal enum ExpectedKind
{
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    Auth,
    Reset,
    Mail,
    Rcpt,
    Data,

    /// <summary>The reply to the content; in LMTP one for each accepted recipient.</summary>
    Final,

    /// <summary>The reply to a lone final dot, which is disregarded.</summary>
    LoneDot,
    Quit,
}

/// <param name="Kind">The command.</param>
/// <param name="Transaction">The transaction that it belongs to.</param>
/// <param name="Recipient">The recipient's index, for <see cref="ExpectedKind.Rcpt"/> and LMTP's <see cref="ExpectedKind.Final"/>; else -1.</param>
internal readonly record struct Expected(ExpectedKind Kind, Transaction? Transaction = null, int Recipient = -1)
{
    internal ClientStage Stage => Kind switch
    {
        ExpectedKind.Greeting => ClientStage.Greeting,
        ExpectedKind.Ehlo or ExpectedKind.Helo => ClientStage.Ehlo,
        ExpectedKind.StartTls => ClientStage.StartTls,
        ExpectedKind.Auth => ClientStage.Auth,
        ExpectedKind.Reset or ExpectedKind.Mail => ClientStage.Mail,
        ExpectedKind.Rcpt => ClientStage.Rcpt,
        ExpectedKind.Data or ExpectedKind.LoneDot => ClientStage.Data,
        ExpectedKind.Final => ClientStage.FinalReply,
        _ => ClientStage.Quit,
    };

    internal ClientTimeout Timeout => Kind switch
    {
        ExpectedKind.Greeting => ClientTimeout.Greeting,
        ExpectedKind.Reset or ExpectedKind.Mail => ClientTimeout.Mail,
        ExpectedKind.Rcpt => ClientTimeout.Rcpt,
        ExpectedKind.Data => ClientTimeout.DataInit,
        ExpectedKind.Final or ExpectedKind.LoneDot => ClientTimeout.DataTermination,
        ExpectedKind.Quit => ClientTimeout.Quit,
        _ => ClientTimeout.Command,
    };
}
