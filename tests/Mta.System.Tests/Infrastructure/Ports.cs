using System.Net;
using System.Net.Sockets;

namespace Mta.SystemTests.Infrastructure;

/// <summary>Waiting for programs that say nothing when they listen.</summary>
internal static class Ports
{
    /// <summary>Connects until somebody takes the connection.</summary>
    public static async Task WaitUntilOpenAsync(int port, TimeSpan limit, string address = "127.0.0.1")
    {
        using var patience = new CancellationTokenSource(limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Parse(address), port, patience.Token);
                return;
            }
            catch (SocketException) when (!patience.IsCancellationRequested)
            {
                await ticks.WaitForNextTickAsync(patience.Token);
            }
        }
    }
}
