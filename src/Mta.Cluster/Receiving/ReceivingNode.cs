using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Events;
using Mta.Cluster.Nodes;
using Mta.Cluster.Queues;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Authentication;
using Mta.Protocol.Smtp;

namespace Mta.Cluster.Receiving;

/// <summary>Receiving as one node does it: its options made into the things that sessions use.</summary>
public sealed class ReceivingNode : IDisposable
{
    private readonly PasswordGate _passwords;
    private readonly List<(Listener Listener, ListenOptions Bound)> _bound = [];
    private (long Began, int Sessions)? _closing;

    internal ReceivingNode(
        ReceivingOptions options, string hostName, string dataDirectory, IIntake intake, ReceivingMetrics metrics, TimeProvider time, ILogger log,
        NodeDrain? drain = null, MailTap? tap = null, DialogueTap? dialogues = null)
    {
        Options = options;
        Drain = drain ?? new NodeDrain();
        var name = options.HostName.Length > 0 ? options.HostName : hostName;
        var needsCertificate = options.Listeners.Count > 0 && options.Tls.Enabled;
        Certificates = needsCertificate ? CertificateSource.Open(options.Tls, dataDirectory, name, time, log) : null;
        Admission = new SessionAdmission(options.Limits.Sessions, options.Limits.SessionsPerAddress);
        // Half of the cores: PBKDF2 is the most that a stranger can make a node do with one command.
        _passwords = new PasswordGate(Math.Max(1, Environment.ProcessorCount / 2));
        var networks = options.RelayNetworks.ConvertAll(IPNetwork.Parse);
        Services = new SessionServices
        {
            HostName = name,
            Postmaster = PostmasterAddress(options.Postmaster, name),
            Limits = options.Limits,
            InlineThreshold = (int)options.InlineThresholdBytes,
            Intake = intake,
            Policy = new RelayPolicy(networks, new LocalDomainSet(options.LocalDomains), intake, metrics, log),
            Labels = new LabelPolicy(options, networks),
            Sasl = options.Users.Count > 0 ? new SaslServers(options.Directory(), name, options.CramMd5) : null,
            Passwords = _passwords,
            Certificates = Certificates,
            Time = time,
            Metrics = metrics,
            Log = log,
            Tap = tap ?? new MailTap(name),
            Dialogues = dialogues ?? DialogueTap.Nobodys,
        };
    }

    /// <summary>The sessions that are open now.</summary>
    public int OpenSessions => Admission.Count;

    /// <summary>The listeners by name, with the addresses and ports that they are bound to; ports are final when the server has started.</summary>
    public IReadOnlyList<KeyValuePair<string, IPEndPoint>> Endpoints =>
        _bound.ConvertAll(b => KeyValuePair.Create(b.Listener.Name, b.Bound.IPEndPoint!));

    /// <summary>Completes when the actor system has ended.</summary>
    internal Task ActorsStopped { get; set; } = new TaskCompletionSource().Task;

    internal ReceivingOptions Options { get; }

    internal SessionServices Services { get; }

    internal CertificateSource? Certificates { get; }

    internal SessionAdmission Admission { get; }

    /// <summary>Whether the node takes no new mail.</summary>
    internal NodeDrain Drain { get; }

    /// <inheritdoc/>
    public void Dispose() => _passwords.Dispose();

    /// <summary>The listeners are about to close.</summary>
    internal void Closing()
    {
        _closing = (Services.Time.GetTimestamp(), OpenSessions);
        Services.Log.ListenersClose(OpenSessions);
    }

    /// <summary>The listeners are closed, and the time of the sessions is over.</summary>
    internal void Closed()
    {
        if (_closing is { } closing)
            Services.Log.ListenersClosed(Math.Max(0, closing.Sessions - OpenSessions), OpenSessions, Services.Time.GetElapsedTime(closing.Began));
    }

    internal void Bound(Listener listener, ListenOptions options) => _bound.Add((listener, options));

    private static Address PostmasterAddress(string configured, string hostName)
    {
        var at = configured.LastIndexOf('@');
        return at < 0 ? new Address("postmaster", hostName.ToLowerInvariant()) : new Address(configured[..at], configured[(at + 1)..].ToLowerInvariant());
    }
}
