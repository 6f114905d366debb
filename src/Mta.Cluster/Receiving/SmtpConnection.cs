using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <summary>One client's connection: two pipes, which STARTTLS replaces by two pipes under TLS.</summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int TlsReadSize = 16 * 1024;
    private static readonly TimeSpan CloseNotifyTimeout = TimeSpan.FromSeconds(2);
    private readonly IDuplexPipe _transport;
    private readonly Action _abort;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SslStream? _tls;

    /// <summary>A connection in clear.</summary>
    /// <param name="transport">Its pipes, which belong to the caller.</param>
    /// <param name="client">The client's address, IPv4 where it is an IPv4-mapped one.</param>
    /// <param name="listener">The listener that took it.</param>
    /// <param name="abort">Breaks the connection off.</param>
    /// <param name="closeRequested">Cancelled when the node shuts down and the session is to end soon.</param>
    public SmtpConnection(IDuplexPipe transport, IPAddress client, Listener listener, Action abort, CancellationToken closeRequested)
    {
        (_transport, Client, Listener, _abort, CloseRequested) = (transport, client, listener, abort, closeRequested);
        (Input, Output) = (transport.Input, transport.Output);
    }

    /// <summary>Where octets come from.</summary>
    public PipeReader Input { get; private set; }

    /// <summary>Where replies go.</summary>
    public PipeWriter Output { get; private set; }

    public IPAddress Client { get; }

    public Listener Listener { get; }

    /// <summary>Cancelled when the node shuts down and the session is to end soon.</summary>
    public CancellationToken CloseRequested { get; }

    /// <summary>Completes when the session is over.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The session is over; may be called more than once.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>Breaks the connection off, whatever is under way on it.</summary>
    public void Abort() => _abort();

    /// <summary>Shakes hands as the server. Nothing that was read in clear may be left unconsumed.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The two sides do not agree.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<TlsInfo> StartTlsAsync(SslServerAuthenticationOptions options, CancellationToken cancel)
    {
        var stream = new DuplexStream(_transport.Input.AsStream(leaveOpen: true), _transport.Output.AsStream(leaveOpen: true));
        _tls = new SslStream(stream, leaveInnerStreamOpen: false);
        await _tls.AuthenticateAsServerAsync(options, cancel).ConfigureAwait(false);
        Input = PipeReader.Create(_tls, new StreamPipeReaderOptions(bufferSize: TlsReadSize, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(_tls, new StreamPipeWriterOptions(leaveOpen: true));
        var version = _tls.SslProtocol switch
        {
            System.Security.Authentication.SslProtocols.Tls12 => "TLS1.2",
            System.Security.Authentication.SslProtocols.Tls13 => "TLS1.3",
            var other => other.ToString(),
        };
        return new TlsInfo(version, _tls.NegotiatedCipherSuite.ToString());
    }

    /// <summary>Ends TLS in good form where there is any, and gives the pipes back. Called when the session is over.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_tls is not { } tls)
            return;
        if (tls.IsAuthenticated)
            await CloseNotifyAsync(tls).ConfigureAwait(false);
        if (!ReferenceEquals(Input, _transport.Input))
        {
            await Input.CompleteAsync().ConfigureAwait(false);
            // Unflushed octets have nowhere to go any more.
            await Output.CompleteAsync(new ConnectionAbortedException()).ConfigureAwait(false);
        }
        await tls.DisposeAsync().ConfigureAwait(false);
    }

    // RFC 8446 §6.1: close_notify tells the client that nothing was cut off. A client that does not read must not hold us.
    private static async Task CloseNotifyAsync(SslStream tls)
    {
        try
        {
            await tls.ShutdownAsync().WaitAsync(CloseNotifyTimeout).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException or OperationCanceledException)
        {
            // The client is gone already, which is how most sessions end.
        }
    }
}
