using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>
/// A connection to a peer, in clear or under TLS. There is one read at most: who asks while one is under way gets that one. Not thread-safe: one operation
/// at a time, apart from <see cref="Abort"/>.
/// </summary>
internal sealed class DeliveryChannel : IDisposable
{
    private const int ReadSize = 4096;
    private static readonly TimeSpan FarewellTakes = TimeSpan.FromSeconds(2);
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[ReadSize];
    private Stream _stream;
    private Task<int>? _reading;

    private DeliveryChannel(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>TLS version and cipher suite; null in clear.</summary>
    public string? Tls { get; private set; }

    /// <summary>The address of this side, without the port; empty where it has none.</summary>
    public string Source => (_socket.LocalEndPoint as IPEndPoint)?.Address.ToString() ?? "";

    /// <summary>What the last read brought, up to the length that it gave.</summary>
    public ReadOnlyMemory<byte> Buffer => _buffer;

    /// <summary>Connects.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="source">The address to connect from; null for the system's choice.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <exception cref="SocketException">It cannot be had.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public static async Task<DeliveryChannel> ConnectAsync(EndPoint remote, IPAddress? source, TimeSpan timeout)
    {
        var isUnix = remote is UnixDomainSocketEndPoint;
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (!isUnix)
                socket.NoDelay = true;
            if (source is not null)
                socket.Bind(new IPEndPoint(source, 0));
            using var patience = new CancellationTokenSource(timeout);
            await socket.ConnectAsync(remote, patience.Token).ConfigureAwait(false);
            return new DeliveryChannel(socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            throw e is OperationCanceledException ? new TimeoutException($"no connection within {timeout}") : e;
        }
    }

    /// <summary>Makes TLS. Nothing may be under way.</summary>
    /// <exception cref="AuthenticationException">The two sides do not agree, or the peer's certificate is not accepted.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task StartTlsAsync(SslClientAuthenticationOptions options, TimeSpan timeout)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        using var patience = new CancellationTokenSource(timeout);
        try
        {
            await tls.AuthenticateAsClientAsync(options, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no TLS within {timeout}");
        }
        Tls = $"{VersionOf(tls.SslProtocol)} {tls.NegotiatedCipherSuite}";
    }

    /// <summary>Writes, then waits for the peer's next octets.</summary>
    /// <returns>How many octets stand in <see cref="Buffer"/>; 0 at the end of the stream.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<int> ExchangeAsync(ReadOnlyMemory<byte> output)
    {
        if (!output.IsEmpty)
            await WriteAsync(output).ConfigureAwait(false);
        return await ReadAsync().ConfigureAwait(false);
    }

    /// <summary>Writes.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> output) => _stream.WriteAsync(output);

    /// <summary>Waits for the peer's next octets, with the read that is under way where there is one.</summary>
    public Task<int> ReadAsync() => _reading ??= ReadAnewAsync();

    /// <summary>The octets of the read have been taken: the next call of <see cref="ReadAsync"/> reads anew.</summary>
    public void Taken() => _reading = null;

    /// <summary>Breaks off what is under way.</summary>
    public void Abort() => _socket.Dispose();

    /// <summary>Sends last octets, as far as the peer takes them soon, and closes.</summary>
    public async Task FarewellAsync(ReadOnlyMemory<byte> last)
    {
        try
        {
            if (!last.IsEmpty)
                await _stream.WriteAsync(last).AsTask().WaitAsync(FarewellTakes).ConfigureAwait(false);
            // RFC 8446 §6.1: close_notify says that nothing was cut off.
            if (_stream is SslStream { IsAuthenticated: true } tls)
                await tls.ShutdownAsync().WaitAsync(FarewellTakes).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException or NotSupportedException)
        {
            // The peer has gone, which is what is wanted.
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _stream.Dispose();

    // Asynchronous even in its errors: a stream that is disposed throws at once.
    private async Task<int> ReadAnewAsync() => await _stream.ReadAsync(_buffer.AsMemory()).ConfigureAwait(false);

    private static string VersionOf(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS1.2",
        SslProtocols.Tls13 => "TLS1.3",
        var other => other.ToString(),
    };
}
