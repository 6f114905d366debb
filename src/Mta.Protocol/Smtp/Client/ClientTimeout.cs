namespace Mta.Protocol.Smtp.Client;

/// <summary>Which timeout applies while the driver waits. The session names it; the driver keeps the clock.</summary>
public enum ClientTimeout
{
    /// <summary>Nothing is awaited; the driver's own idle time applies.</summary>
    Idle = 0,

    /// <summary>The greeting.</summary>
    Greeting = 1,

    /// <summary>The reply to EHLO, HELO, LHLO, STARTTLS, AUTH.</summary>
    Command = 2,

    /// <summary>The TLS handshake.</summary>
    TlsHandshake = 3,

    /// <summary>The reply to MAIL, or to the RSET before it.</summary>
    Mail = 4,

    /// <summary>The reply to RCPT.</summary>
    Rcpt = 5,

    /// <summary>The 354 to DATA.</summary>
    DataInit = 6,

    /// <summary>Each write of the content.</summary>
    DataBlock = 7,

    /// <summary>The reply to the final dot or to BDAT LAST.</summary>
    DataTermination = 8,

    /// <summary>The reply to QUIT: a courtesy, not worth a long wait.</summary>
    Quit = 9,
}

/// <summary>The values of RFC 5321 §4.5.3.2.</summary>
public static class ClientTimeouts
{
    /// <summary>The least time that RFC 5321 §4.5.3.2 wants a client to wait; where it names none, a customary value.</summary>
    /// <param name="timeout">What is awaited.</param>
    public static TimeSpan Default(ClientTimeout timeout) => timeout switch
    {
        ClientTimeout.DataInit => TimeSpan.FromMinutes(2), // RFC 5321 §4.5.3.2.4
        ClientTimeout.DataBlock => TimeSpan.FromMinutes(3), // RFC 5321 §4.5.3.2.5
        ClientTimeout.DataTermination => TimeSpan.FromMinutes(10), // RFC 5321 §4.5.3.2.6
        ClientTimeout.TlsHandshake => TimeSpan.FromMinutes(1),
        ClientTimeout.Quit => TimeSpan.FromSeconds(10),
        ClientTimeout.Idle => TimeSpan.FromSeconds(30),
        _ => TimeSpan.FromMinutes(5), // RFC 5321 §4.5.3.2.1 to .3
    };
}
