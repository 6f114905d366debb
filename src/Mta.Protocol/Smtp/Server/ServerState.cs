namespace Mta.Protocol.Smtp.Server;

/// <summary>The states of a <see cref="ServerSession"/>; the law of their transitions stands at the head of that class.</summary>
public enum ServerState
{
    /// <summary>No greeting sent yet.</summary>
    Created = 0,

    /// <summary>Greeted with 554: nothing but QUIT is answered otherwise than by 503.</summary>
    Rejected = 1,

    /// <summary>Greeted; waits for EHLO or HELO.</summary>
    Connected = 2,

    /// <summary>The client has named itself; no transaction.</summary>
    Ready = 3,

    /// <summary>MAIL was accepted, no recipient yet.</summary>
    Mail = 4,

    /// <summary>At least one recipient was accepted.</summary>
    Recipients = 5,

    /// <summary>Between the chunks of a message (RFC 3030).</summary>
    Chunks = 6,

    /// <summary>Inside the content of DATA, up to CRLF.CRLF.</summary>
    Data = 7,

    /// <summary>Inside the octets of a BDAT chunk.</summary>
    Chunk = 8,

    /// <summary>A SASL challenge is out; the next line is its response.</summary>
    Sasl = 9,

    /// <summary><see cref="ServerEffect.Authenticate"/> waits for its answer.</summary>
    AwaitingCredentials = 10,

    /// <summary><see cref="ServerEffect.StartTls"/> waits for its answer.</summary>
    AwaitingTls = 11,

    /// <summary><see cref="ServerEffect.BeginMessage"/> waits for its answer.</summary>
    AwaitingBegin = 12,

    /// <summary><see cref="ServerEffect.EndMessage"/> waits for its answer.</summary>
    AwaitingEnd = 13,

    /// <summary>The last reply is written; the connection is to be closed.</summary>
    Closed = 14,
}
