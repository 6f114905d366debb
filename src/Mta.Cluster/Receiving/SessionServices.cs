using Microsoft.Extensions.Logging;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Events;
using Mta.Cluster.Queues;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Authentication;
using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <summary>What all sessions of a node share.</summary>
internal sealed record SessionServices
{
    /// <summary>The node's name in greeting and trace field.</summary>
    public required string HostName { get; init; }

    /// <summary>Where mail to the bare postmaster goes.</summary>
    public required Protocol.Smtp.Address Postmaster { get; init; }

    /// <summary>The time limits.</summary>
    public required ReceivingLimits Limits { get; init; }

    /// <summary>Octets of a body that a session holds in memory.</summary>
    public required int InlineThreshold { get; init; }

    /// <summary>Where messages go.</summary>
    public required IIntake Intake { get; init; }

    /// <summary>Who may send where.</summary>
    public required IRecipientPolicy Policy { get; init; }

    /// <summary>Whose word counts about a message's labels.</summary>
    public required LabelPolicy Labels { get; init; }

    /// <summary>The SASL mechanisms; null where there are no users.</summary>
    public required ISaslServerFactory? Sasl { get; init; }

    /// <summary>Where passwords are checked.</summary>
    public required PasswordGate Passwords { get; init; }

    /// <summary>The certificate; null where no listener needs one.</summary>
    public required CertificateSource? Certificates { get; init; }

    /// <summary>The clock for ids and trace fields.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The instruments.</summary>
    public required ReceivingMetrics Metrics { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Where others hear whole dialogues.</summary>
    public DialogueTap Dialogues { get; init; } = DialogueTap.Nobodys;

    /// <summary>Where others look on.</summary>
    public required MailTap Tap { get; init; }
}
