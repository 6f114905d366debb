namespace Mta.Protocol.Smtp.Server;

/// <summary>
/// What the driver of a <see cref="ServerSession"/> must do next. Whatever the effect, the output that has gathered is to be flushed to the client,
/// at the latest before the driver waits for anything.
/// </summary>
public enum ServerEffect
{
    /// <summary>Flush, read more input, and call <see cref="ServerSession.Advance"/> with what was left over and the new.</summary>
    NeedInput = 0,

    /// <summary>
    /// Much output has gathered (<see cref="ServerSessionOptions.MaxOutputBytes"/>): flush it and call <see cref="ServerSession.Advance"/> again, with the input that is
    /// left. No read is needed.
    /// </summary>
    Flush = 1,

    /// <summary>
    /// Flush, throw all input that was read in clear away (the session has already dropped what it was given), shake hands, and call
    /// <see cref="ServerSession.TlsStarted"/>; when the handshake fails, close the connection.
    /// </summary>
    StartTls = 2,

    /// <summary>
    /// <see cref="ServerSession.Sasl"/> waits for a credential: look it up, give it to the mechanism, and call <see cref="ServerSession.AuthenticationDone"/> with the step that results.
    /// </summary>
    Authenticate = 3,

    /// <summary>
    /// <see cref="ServerSession.Envelope"/> is complete and no body byte has been written. Open the body and write the trace field into it
    /// (<see cref="ServerSession.WriteTrace"/>), then call <see cref="ServerSession.MessageBegun"/>; or call <see cref="ServerSession.Refused"/>, and nothing of the message is written.
    /// </summary>
    BeginMessage = 4,

    /// <summary>
    /// The body is complete. Make it durable, then call <see cref="ServerSession.Accepted"/>, or <see cref="ServerSession.Refused"/>.
    /// </summary>
    EndMessage = 5,

    /// <summary>
    /// Throw away the body that was begun; <see cref="ServerSession.MessageFailure"/> says why, null when the client withdrew. Needs no answer:
    /// call <see cref="ServerSession.Advance"/> again.
    /// </summary>
    AbortMessage = 6,

    /// <summary>Flush and close the connection; throw away a body that is open. Final.</summary>
    Close = 7,
}
