using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mta.Cluster.Tests.Dns;

/// <summary>A DNS server on a loopback port, by UDP and TCP, that says what a test wants: right answers, wrong ones, none.</summary>
internal sealed class FakeDnsServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;
    private readonly ConcurrentQueue<DnsQuery> _queries = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Func<DnsQuery, Task<byte[]?>> _answer;
    private readonly Task _running;

    /// <summary>A server; an answer of null is silence, by TCP an open connection without an answer.</summary>
    public FakeDnsServer(Func<DnsQuery, Task<byte[]?>> answer)
    {
        _answer = answer;
        _tcp = Listen();
        _udp.Bind(_tcp.LocalEndpoint);
        _running = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public FakeDnsServer(Func<DnsQuery, byte[]?> answer)
        : this(query => Task.FromResult(answer(query)))
    {
    }

    public string Address => _tcp.LocalEndpoint.ToString()!;

    public IReadOnlyCollection<DnsQuery> Queries => _queries;

    /// <summary>How often something of a type was asked for.</summary>
    public int Count(int type) => _queries.Count(q => q.Type == type);

    /// <summary>Completes when one more query has come.</summary>
    public Task ArrivedAsync(CancellationToken cancel) => _arrived.WaitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _tcp.Dispose();
        _udp.Dispose();
        await _running;
        _end.Dispose();
        _arrived.Dispose();
    }

    // A port that is free for TCP is nearly always free for UDP; where it is not, the next one is.
    private static TcpListener Listen()
    {
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                probe.Bind(listener.LocalEndpoint);
                return listener;
            }
            catch (SocketException)
            {
                listener.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        var pending = new List<Task>();
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _end.Token);
                var query = DnsQuery.Read(buffer.AsSpan(0, received.ReceivedBytes), isTcp: false);
                pending.Add(ReplyUdpAsync(query, received.RemoteEndPoint));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(pending).WaitAsync(TimeSpan.FromSeconds(5));
        }
    }

    private async Task ReplyUdpAsync(DnsQuery query, EndPoint from)
    {
        if (await AskAsync(query) is { } answer && !_end.IsCancellationRequested)
            await _udp.SendToAsync(answer, from);
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
                _ = ServeTcpAsync(await _tcp.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeTcpAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var length = new byte[2];
            try
            {
                await stream.ReadExactlyAsync(length, _end.Token);
                var octets = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(octets, _end.Token);
                if (await AskAsync(DnsQuery.Read(octets, isTcp: true)) is not { } answer)
                {
                    await Task.Delay(Timeout.Infinite, _end.Token);
                    return;
                }
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. length, .. answer], _end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
            }
        }
    }

    private Task<byte[]?> AskAsync(DnsQuery query)
    {
        _queries.Enqueue(query);
        _arrived.Release();
        return _answer(query);
    }
}
