using System.Net;

namespace Mta.Cli.Bench;

/// <summary>What is sent, where to, and how fast.</summary>
internal sealed record BenchPlan
{
    /// <summary>The servers; session n talks to the one that n comes to when they are counted round and round.</summary>
    public required IReadOnlyList<EndPoint> Servers { get; init; }

    /// <summary>The servers' name, for TLS.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Sessions at a time.</summary>
    public int Sessions { get; init; } = 50;

    /// <summary>How many messages; null for as many as the duration takes.</summary>
    public long? Messages { get; init; }

    /// <summary>How long messages are begun; null until all are sent.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Messages a second at most, over all sessions; null for as fast as the server takes them.</summary>
    public double? Rate { get; init; }

    /// <summary>The number of the first message.</summary>
    public long FirstId { get; init; }

    /// <summary>Where mail goes to.</summary>
    public DomainMix Domains { get; init; } = DomainMix.Parse("uniform:1");

    /// <summary>How large it is.</summary>
    public SizeMix Sizes { get; init; } = SizeMix.Parse("2k");

    /// <summary>The reverse-path.</summary>
    public AddressPattern Sender { get; init; } = AddressPattern.Parse("sender@bench.test");

    /// <summary>The recipient.</summary>
    public AddressPattern Recipient { get; init; } = AddressPattern.Parse("m{id}@{domain}");

    /// <summary>A session ends after so many messages, and another begins.</summary>
    public int MessagesPerSession { get; init; } = 500;

    /// <summary>MAIL, RCPT and DATA in one segment, where the server offers PIPELINING (RFC 2920).</summary>
    public bool Pipelining { get; init; } = true;

    /// <summary>STARTTLS before the first message. The certificate is not verified.</summary>
    public bool StartTls { get; init; }

    /// <summary>Who logs in by AUTH PLAIN; null for nobody.</summary>
    public NetworkCredential? User { get; init; }

    /// <summary>How long one reply may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Which domain and size each message has follows from its number and this.</summary>
    public ulong Seed { get; init; } = 5321;
}
