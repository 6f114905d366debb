using System.ComponentModel.DataAnnotations;

namespace Mta.Cluster.Receiving;

/// <summary>Limits of SMTP sessions. What is over a limit gets a 4yz or 5yz reply.</summary>
public sealed class ReceivingLimits : IOptionsCheck
{
    /// <summary>Longest command line in octets, CRLF included. Longer: 500 5.5.2.</summary>
    [Range(512L, 64L * 1024)]
    public long CommandLineBytes { get; set; } = 2048;

    /// <summary>Longest line of a message in octets, CRLF included (RFC 5321 §4.5.3.1.6: 1,000). Longer: 550 5.6.0.</summary>
    [Range(1000L, 16L * 1024 * 1024)]
    public long TextLineBytes { get; set; } = 1000;

    /// <summary>Largest message; announced by SIZE. Larger: 552 5.3.4.</summary>
    [Range(64L * 1024, 4L * 1024 * 1024 * 1024)]
    public long MessageBytes { get; set; } = 100L * 1024 * 1024;

    /// <summary>Recipients of one message (at least 100 by RFC 5321 §4.5.3.1.8). More: 452 4.5.3.</summary>
    [Range(100, 100_000)]
    public int RecipientsPerMessage { get; set; } = 1000;

    /// <summary>Messages in one session. More: 421 4.7.0.</summary>
    [Range(1, 1_000_000)]
    public int MessagesPerSession { get; set; } = 1000;

    /// <summary>Replies of 500 and above in one session without a message accepted; the last of them is 421 4.7.0.</summary>
    [Range(1, 10_000)]
    public int ErrorsPerSession { get; set; } = 20;

    /// <summary>Failed authentications in one session; the last of them is 421 4.7.0.</summary>
    [Range(1, 100)]
    public int AuthenticationFailuresPerSession { get; set; } = 3;

    /// <summary>Received fields in a message; more are a loop: 554 5.4.6.</summary>
    [Range(10, 1000)]
    public int ReceivedFields { get; set; } = 50;

    /// <summary>Silence of the client before 421 4.4.2 (RFC 5321 §4.5.3.2.7: at least 5 minutes). Measured to an eighth.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Length of a session before 421 4.4.2, whatever it is doing.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Length of a TLS handshake before the connection is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the spool may take to store a message or a part of one before 451 4.3.0.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan SpoolTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>At shutdown, how long an open transaction may go on before 421 4.3.2.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Sessions of one client address at the same time. More: 421 4.7.0.</summary>
    [Range(1, 1_000_000)]
    public int SessionsPerAddress { get; set; } = 200;

    /// <summary>Sessions in all at the same time. More: 421 4.7.0.</summary>
    [Range(1, 1_000_000)]
    public int Sessions { get; set; } = 5000;

    /// <summary>Connections that the operating system holds ready while the node has not yet taken them, for each listener.</summary>
    [Range(1, 65535)]
    public int Backlog { get; set; } = 512;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (SessionTimeout < IdleTimeout)
            yield return new OptionProblem("sessionTimeout", "must not be shorter than idleTimeout");
        if (SessionsPerAddress > Sessions)
            yield return new OptionProblem("sessionsPerAddress", "must not be larger than sessions");
    }
}
