using System.Net;
using System.Net.Sockets;

namespace Mta.Testing;

/// <summary>Ports on loopback that nobody uses.</summary>
internal static class Loopback
{
    // Below the ports that the system gives to outgoing connections (32768 and up): one of those may be taken between the look and the use.
    private const int First = 15_000;
    private const int Count = 17_000;
    private static int _next = Random.Shared.Next(Count);

    /// <summary>A TCP port that is free on every address. No process gets the same one twice.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (IsFree(port))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
