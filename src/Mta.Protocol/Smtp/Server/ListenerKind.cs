namespace Mta.Protocol.Smtp.Server;

/// <summary>What a listener is for, which decides what a session on it requires.</summary>
public enum ListenerKind
{
    /// <summary>Mail from other servers (port 25): TLS and AUTH offered, neither required.</summary>
    Relay = 0,

    /// <summary>Mail from users (port 587, RFC 6409): STARTTLS, then AUTH, both required before MAIL.</summary>
    Submission = 1,

    /// <summary>Mail from users with TLS from the first byte (port 465, RFC 8314 §3.3): AUTH required before MAIL.</summary>
    Submissions = 2,
}
