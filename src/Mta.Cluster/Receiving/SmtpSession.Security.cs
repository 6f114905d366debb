using System.Security.Authentication;
using Akka.Actor;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Authentication;
using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <content>TLS and AUTH.</content>
internal sealed partial class SmtpSession
{
    private void Handshake()
    {
        if (_session is { PlaintextAfterStartTls: true })
            _services.Log.PlaintextAfterStartTls(_connection.Client);
        // RFC 3207 §4.2: what was read in clear is not kept.
        if (_holdsInput)
            ReleaseInput(_input.End);
        var operation = Await(Wait.Handshake);
        HandshakeAsync(_connection, _services).PipeTo(
            Self, success: tls => new Finished(operation, null, tls), failure: e => new Finished(operation, e, null));
    }

    private static async Task<TlsInfo> HandshakeAsync(SmtpConnection connection, SessionServices services)
    {
        var certificates = services.Certificates ?? throw new AuthenticationException("there is no certificate");
        using var timeout = new CancellationTokenSource(services.Limits.HandshakeTimeout, services.Time);
        return await connection.StartTlsAsync(certificates.Current, timeout.Token).ConfigureAwait(false);
    }

    private void OnHandshake(Finished done)
    {
        if (done.Value is not TlsInfo tls)
        {
            var problem = done.Error is OperationCanceledException ? "time out" : done.Error?.Message;
            _services.Log.HandshakeFailed(_connection.Client, _connection.Listener.Name, LogText.Escape(problem));
            _recording?.Recorder.Event($"TLS handshake failed: {problem}");
            Close("TLS handshake failed");
        }
        else
        {
            _recording?.Recorder.TlsStarted($"{tls.Version} {tls.Cipher}");
            Tap();
            OnTls(tls);
        }
    }

    private void OnTls(TlsInfo tls)
    {
        if (_session is null)
        {
            Begin(tls);
            return;
        }
        _session.TlsStarted(tls);
        Advance();
    }

    private void Verify()
    {
        var operation = Await(Wait.Verify);
        if (Session.Sasl is not ISaslVerifier verifier)
            throw new InvalidOperationException("The mechanism asks for a look-up that it cannot carry out.");
        _services.Passwords.VerifyAsync(verifier).PipeTo(
            Self, success: step => new Finished(operation, null, step), failure: e => new Finished(operation, e, null));
    }

    private void OnVerified(Finished done)
    {
        var step = done.Value is SaslStep result ? result : SaslStep.Failed(SaslFailure.Temporary);
        if (step.Outcome is SaslOutcome.Failure)
        {
            var mechanism = Session.Sasl?.Mechanism ?? "";
            _services.Metrics.AuthenticationFailed(mechanism);
            _services.Log.AuthenticationFailed(
                _connection.Client, mechanism, LogText.Escape((Session.Sasl as ISaslVerifier)?.ClaimedUser), step.FailureReason.ToString());
        }
        Session.AuthenticationDone(step, Output);
        Advance();
    }
}
