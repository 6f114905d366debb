namespace Mta.Protocol.Smtp.Client;

/// <summary>Where a client session stands.</summary>
public enum ClientState
{
    /// <summary>Waiting for the peer's greeting.</summary>
    Greeting = 0,

    /// <summary>EHLO, HELO or LHLO is sent.</summary>
    Hello = 1,

    /// <summary>STARTTLS is sent.</summary>
    StartTls = 2,

    /// <summary>The peer said 220 to STARTTLS; the driver makes TLS.</summary>
    TlsHandshake = 3,

    /// <summary>AUTH goes on.</summary>
    Authenticating = 4,

    /// <summary>Mail can be sent, or is being sent.</summary>
    Open = 5,

    /// <summary>QUIT is sent.</summary>
    Quitting = 6,

    /// <summary>The peer refused the session, or this system did for it.</summary>
    Refused = 7,

    /// <summary>The conversation broke.</summary>
    Broken = 8,

    /// <summary>The session ended in good order.</summary>
    Closed = 9,
}
