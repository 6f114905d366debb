using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mta.Cli.Bench;

/// <summary>An SMTP server that takes everything, counts each recipient's number, and keeps nothing. It listens as soon as it is made.</summary>
internal sealed class BenchSink : IAsyncDisposable
{
    private const int Backlog = 1024;
    private readonly Socket _listener;
    private readonly IdFile? _file;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly Task _accepting;
    private int _open;
    private int _mostOpen;
    private long _unknown;

    /// <summary>Listens.</summary>
    /// <param name="endPoint">Where; port 0 is any free one.</param>
    /// <param name="file">Where each arrival is written; null for nowhere.</param>
    /// <exception cref="SocketException">It cannot listen there.</exception>
    public BenchSink(IPEndPoint endPoint, IdFile? file = null)
    {
        _file = file;
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(endPoint);
        _listener.Listen(Backlog);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>
    /// How long replies are held back: what has gathered is sent together, so that this is the time of a round trip to a server far away.
    /// </summary>
    public TimeSpan ReplyDelay { get; init; }

    /// <summary>The numbers of the recipients that have arrived.</summary>
    public IdCounts Arrived { get; } = new();

    /// <summary>Recipients whose local part ends with no number.</summary>
    public long Unknown => Volatile.Read(ref _unknown);

    /// <summary>Most connections at a time.</summary>
    public int MostOpen => Volatile.Read(ref _mostOpen);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Keys).ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>A recipient has arrived.</summary>
    internal void Count(long id)
    {
        if (!Arrived.Add(id))
            Interlocked.Increment(ref _unknown);
        else
            _file?.Write(id);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                var connection = Task.Run(() => ServeAsync(socket));
                _connections[connection] = 0;
                _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), TaskScheduler.Default);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The sink is stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var open = Interlocked.Increment(ref _open);
        var seen = MostOpen;
        while (open > seen)
            seen = Interlocked.CompareExchange(ref _mostOpen, open, seen);
        using var dialogue = new SinkDialogue(this, socket);
        try
        {
            await dialogue.RunAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException)
        {
            // The client has gone, or the sink is stopped.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
