namespace Mta.Protocol.Smtp.Client;

/// <summary>Where in the dialogue something happened. The names are part of delivery records.</summary>
public enum ClientStage
{
    /// <summary>Before the first byte; used by drivers, never by the session.</summary>
    Connect = 0,

    /// <summary>Waiting for the greeting.</summary>
    Greeting = 1,

    /// <summary>EHLO, HELO or LHLO.</summary>
    Ehlo = 2,

    /// <summary>STARTTLS and the handshake.</summary>
    StartTls = 3,

    /// <summary>AUTH.</summary>
    Auth = 4,

    /// <summary>Between transactions.</summary>
    Idle = 5,

    /// <summary>MAIL, and the RSET before it.</summary>
    Mail = 6,

    /// <summary>RCPT.</summary>
    Rcpt = 7,

    /// <summary>DATA, before its 354.</summary>
    Data = 8,

    /// <summary>While the content is sent.</summary>
    Body = 9,

    /// <summary>After the final dot, or the last octet of BDAT LAST: until the reply is here, delivery is in doubt.</summary>
    FinalReply = 10,

    /// <summary>QUIT.</summary>
    Quit = 11,
}
