using System.Collections.Immutable;
using System.Net;
using System.Security.Authentication;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Authentication;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Client;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Connections;

// From the slot to an open session: address after address, until one of them serves.
internal sealed partial class DeliveryConnection
{
    private readonly HostWalk _walk;
    private readonly RouteOptions? _route;
    private DeliveryTarget? _target;
    private bool _isInClear;
    private (DeferralReason Reason, SmtpReply Reply)? _failure;

    private bool IsImplicit => _open.Plan.Tls == TlsPolicy.Implicit;

    private bool MustVerify => _open.Plan.Tls is TlsPolicy.Verify or TlsPolicy.Implicit;

    private bool MayGoOnInClear => _open.Plan.Tls == TlsPolicy.Opportunistic && !_isInClear && !_isClosing;

    private void NextAddress()
    {
        _isInClear = false;
        Await(Wait.Address, null);
        Pipe(_walk.NextAsync(CancellationToken.None));
    }

    private void OnAddress(Finished done)
    {
        if (_isClosing)
        {
            End(DeferralReason.None, null);
            return;
        }
        if (done.Value is DeliveryTarget target)
        {
            _target = target;
            Connect();
            return;
        }
        var (reason, reply) = _failure ?? _walk.Problem ?? (DeferralReason.HostUnreachable, new SmtpReply(451, new EnhancedCode(4, 4, 1), "No address to connect to"));
        if (done.Error is { } error)
            (reason, reply) = (DeferralReason.LocalError, new SmtpReply(451, new EnhancedCode(4, 3, 0), $"No address can be found: {error.Message}"));
        End(reason, reply);
    }

    private void Connect()
    {
        Await(Wait.Connect, null);
        _recording?.Event($"connecting to {_target!.Host} at {_target.Address}{(_services.SourceFor(_target.EndPoint) is { } source ? $" from {source}" : "")}");
        Pipe(ConnectAfterAsync(_farewell, _target!.EndPoint, _services));
    }

    // One connection is one socket at a time.
    private static async Task<DeliveryChannel> ConnectAfterAsync(Task farewell, EndPoint target, DeliveryServices services)
    {
        await farewell.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await DeliveryChannel.ConnectAsync(target, services.SourceFor(target), services.Options.Timeouts.Connect).ConfigureAwait(false);
    }

    private void OnConnected(Finished done)
    {
        if (done.Error is { } error)
        {
            _services.Failed.Add(_target!.EndPoint);
            HostFailed(DeferralReason.HostUnreachable, new SmtpReply(451, new EnhancedCode(4, 4, 1), $"No connection to {_target.Host}: {error.Message}"));
            return;
        }
        _channel = (DeliveryChannel)done.Value!;
        _recording?.Connected($"connected from {_channel.Source}");
        _services.Failed.Remove(_target!.EndPoint);
        if (_isClosing)
        {
            End(DeferralReason.None, null);
            return;
        }
        if (Credentials() is not { } sasl)
            return;
        _session = new ClientSession(SessionOptions(sasl));
        if (IsImplicit)
            Handshake();
        else
            Advance();
    }

    // Read for each connection, so that a changed password needs no restart.
    private ImmutableArray<ISaslClient>? Credentials()
    {
        try
        {
            return RouteCredentials.SaslFor(_route);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _services.Log.PasswordUnreadable(_route!.Name, e.Message);
            HostFailed(DeferralReason.AuthenticationFailed, new SmtpReply(454, new EnhancedCode(4, 7, 0), "The credentials for the next hop cannot be read"));
            return null;
        }
    }

    private ClientSessionOptions SessionOptions(ImmutableArray<ISaslClient> sasl) => new()
    {
        HeloName = _services.HeloName,
        Protocol = _open.Plan.Transport == DeliveryTransport.Smtp ? ClientProtocol.Smtp : ClientProtocol.Lmtp,
        Tls = _isInClear ? ClientTlsMode.None : ModeOf(_open.Plan.Tls),
        ImplicitTls = IsImplicit,
        Sasl = sasl,
        AllowPlaintextSasl = _route is { AuthWithoutTls: true },
    };

    private static ClientTlsMode ModeOf(TlsPolicy policy) => policy switch
    {
        TlsPolicy.None => ClientTlsMode.None,
        TlsPolicy.Opportunistic => ClientTlsMode.Opportunistic,
        TlsPolicy.Require => ClientTlsMode.Require,
        _ => ClientTlsMode.Verify,
    };

    private bool Handshake()
    {
        // STARTTLS has been answered, so nothing is left to be written.
        ShrinkOutput();
        Await(Wait.Handshake, null);
        Pipe(HandshakeAsync(Channel, _services.Certificates.OptionsFor(_target!.Host, MustVerify), TimeoutOf(ClientTimeout.TlsHandshake)));
        return false;
    }

    private static async Task<bool> HandshakeAsync(DeliveryChannel channel, System.Net.Security.SslClientAuthenticationOptions options, TimeSpan timeout)
    {
        await channel.StartTlsAsync(options, timeout).ConfigureAwait(false);
        return true;
    }

    private void OnHandshake(Finished done)
    {
        if (done.Error is { } error)
        {
            OnHandshakeFailed(error);
            return;
        }
        _recording?.TlsStarted(Channel.Tls ?? "");
        if (!IsImplicit)
            Session.TlsStarted(_output);
        Advance();
    }

    private void OnHandshakeFailed(Exception error)
    {
        var problem = error is AuthenticationException { InnerException: { } inner } ? $"{error.Message} {inner.Message}" : error.Message;
        if (_isClosing)
            End(DeferralReason.None, null);
        else if (MayGoOnInClear)
            GoOnInClear(problem);
        else
            HostFailed(DeferralReason.TlsFailed, Outcomes.ReplyOf(ClientStage.StartTls, BreakCause.Tls, problem));
    }

    // RFC 7435 §3: encryption that cannot be had is no reason not to deliver.
    private void GoOnInClear(string problem)
    {
        _recording?.Event($"TLS failed, going on in clear: {problem}");
        _services.Log.TlsFellBack(_open.ConnectionId, _open.Site, _target!.Host, LogText.Escape(problem));
        DropHost();
        _isInClear = true;
        Connect();
    }

    // Anything that keeps one host from taking mail is a reason to ask the next (RFC 5321 §5.1); the last word is what the site is told.
    private void HostFailed(DeferralReason reason, SmtpReply reply)
    {
        _services.Log.HostFailed(
            _open.ConnectionId, _open.Site, _target!.Host, _target.Address, reason, LogText.Escape(reply.ToString()));
        _recording?.Event($"host {_target.Host} fails: {reason}, {reply}");
        _failure = (reason, reply);
        DropHost();
        NextAddress();
    }

    private void DropHost()
    {
        CloseChannel();
        _session = null;
        _output.Clear();
    }

    private void Opened()
    {
        _isOpen = true;
        _mustTellReady = true;
        _peer = new DeliveryPeer(_target!.Host, _target.Address, Channel.Tls) { Node = _services.NodeName, Source = Channel.Source };
        _recording?.Opened();
        _services.Metrics.Opened();
        _services.Log.Connected(_open.ConnectionId, _open.Site, _peer.Host, _peer.Endpoint, _peer.Tls ?? "-");
    }
}
