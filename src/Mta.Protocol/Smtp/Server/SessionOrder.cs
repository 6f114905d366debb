namespace Mta.Protocol.Smtp.Server;

/// <summary>
/// Which command may come when (RFC 5321 §4.1.4, RFC 3207 §4, RFC 3030 §4, RFC 4954 §4): one row for each command, one column for each state that reads
/// commands. An empty cell allows; any other is the reply that refuses.
/// </summary>
internal static class SessionOrder
{
    private static readonly byte[]?[][] Table = Build();

    /// <summary>Null where <paramref name="command"/> is allowed in <paramref name="state"/>, else the reply that refuses it.</summary>
    public static byte[]? Refusal(ServerState state, SmtpCommand command) =>
        Table[(int)command][state - ServerState.Rejected];

    private static byte[]?[][] Build()
    {
        byte[]?[][] rows = new byte[]?[(int)SmtpCommand.NotOffered + 1][];
        byte[]? ok = null;
        byte[] no = Replies.Rejected, hello = Replies.HelloFirst, mail = Replies.MailFirst, nested = Replies.Nested, chunks = Replies.InChunks;

#pragma warning disable format
        //                            Rejected  Connected  Ready  Mail                   Recipients  Chunks
        rows[(int)SmtpCommand.Ehlo] = [no,      ok,        ok,    ok,                    ok,         ok];
        rows[(int)SmtpCommand.Helo] = [no,      ok,        ok,    ok,                    ok,         ok];
        rows[(int)SmtpCommand.StartTls] = [no,  hello,     ok,    nested,                nested,     nested];
        rows[(int)SmtpCommand.Auth] = [no,      hello,     ok,    nested,                nested,     nested];
        rows[(int)SmtpCommand.Mail] = [no,      hello,     ok,    nested,                nested,     nested];
        rows[(int)SmtpCommand.Rcpt] = [no,      hello,     mail,  ok,                    ok,         chunks];
        rows[(int)SmtpCommand.Data] = [no,      hello,     mail,  Replies.NoRecipients,  ok,         chunks];
        rows[(int)SmtpCommand.Bdat] = [no,      hello,     mail,  Replies.NoRecipients,  ok,         ok];
        rows[(int)SmtpCommand.Rset] = [no,      ok,        ok,    ok,                    ok,         ok];
        rows[(int)SmtpCommand.Noop] = [no,      ok,        ok,    ok,                    ok,         ok];
        rows[(int)SmtpCommand.Vrfy] = [no,      ok,        ok,    ok,                    ok,         ok];
        rows[(int)SmtpCommand.Help] = [no,      ok,        ok,    ok,                    ok,         ok];
        rows[(int)SmtpCommand.Quit] = [ok,      ok,        ok,    ok,                    ok,         ok];
        rows[(int)SmtpCommand.Unknown] = [no,   ok,        ok,    ok,                    ok,         ok];
        rows[(int)SmtpCommand.NotOffered] = [no, ok,       ok,    ok,                    ok,         ok];
#pragma warning restore format
        return rows;
    }
}
