using System.ComponentModel.DataAnnotations;
using Mta.Protocol.Smtp.Client;

namespace Mta.Cluster.Delivery;

/// <summary>How long a delivery waits for its peer. The defaults are the least times of RFC 5321 §4.5.3.2; only <see cref="Connect"/> has none there.</summary>
public sealed class DeliveryTimeoutOptions
{
    /// <summary>For a TCP connection to one address. RFC 5321 has no rule for it (RFC 1123 §5.3.2 neither); with several addresses to try a short wait serves better.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For the greeting (RFC 5321 §4.5.3.2.1).</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Greeting { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For the reply to EHLO, HELO, LHLO, STARTTLS, AUTH, RSET and NOOP.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Command { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For a TLS handshake.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan TlsHandshake { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>For the reply to MAIL (RFC 5321 §4.5.3.2.2).</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Mail { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For the reply to RCPT (RFC 5321 §4.5.3.2.3).</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Rcpt { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For the 354 after DATA (RFC 5321 §4.5.3.2.4).</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan DataStart { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>For the peer to take one block of the message (RFC 5321 §4.5.3.2.5).</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan DataBlock { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>For the reply to the final dot (RFC 5321 §4.5.3.2.6).</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "02:00:00")]
    public TimeSpan DataEnd { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>For the reply to QUIT, after which the connection is closed anyway.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan Quit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a connection looks whether a timeout has passed: often enough for the shortest of them.</summary>
    internal TimeSpan Resolution
    {
        get
        {
            var shortest = Enum.GetValues<ClientTimeout>().Where(t => t != ClientTimeout.Idle).Min(Of);
            return TimeSpan.FromMilliseconds(Math.Clamp(shortest.TotalMilliseconds / 4, 20, 1000));
        }
    }

    /// <summary>The timeout for what a session waits for.</summary>
    internal TimeSpan Of(ClientTimeout timeout) => timeout switch
    {
        ClientTimeout.Greeting => Greeting,
        ClientTimeout.Command => Command,
        ClientTimeout.TlsHandshake => TlsHandshake,
        ClientTimeout.Mail => Mail,
        ClientTimeout.Rcpt => Rcpt,
        ClientTimeout.DataInit => DataStart,
        ClientTimeout.DataBlock => DataBlock,
        ClientTimeout.DataTermination => DataEnd,
        ClientTimeout.Quit => Quit,
        // Nothing is awaited: the site ends a connection that has nothing to do.
        ClientTimeout.Idle => TimeSpan.MaxValue,
        _ => throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "unknown timeout"),
    };
}
