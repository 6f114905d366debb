using System.Net;
using System.Net.Sockets;
using Mta.Cluster.Spool;
using Mta.Node.Configuration;

namespace Mta.Node.Start;

/// <summary>What can be known of a node's surroundings before it starts: directories, files, ports. Each problem names its key.</summary>
internal static class StartCheck
{
    /// <summary>Whether the node can write where it must, and read what it is told to.</summary>
    public static IEnumerable<ConfigProblem> Surroundings(LoadedConfiguration configuration)
    {
        if (DirectoryProblem(configuration.Options.Node.DataDirectory) is { } directory)
            yield return configuration.Problem("node.dataDirectory", directory);
        if (Cluster.AkkaConfigFile.Problem(configuration.Options.Node.AkkaConfigFile) is { } akka)
            yield return configuration.Problem("node.akkaConfigFile", akka);
        if (DatabaseProblem(configuration.Options) is { } database)
            yield return configuration.Problem("spool.file", database);
        foreach (ConfigProblem delivery in DeliveryCheck.Of(configuration))
            yield return delivery;
        foreach (ConfigProblem management in ManagementCheck.Of(configuration))
            yield return management;
    }

    /// <summary>Whether the ports are free at this moment.</summary>
    public static IEnumerable<ConfigProblem> Ports(LoadedConfiguration configuration)
    {
        foreach ((string key, string address, int port) in ListenAddresses.Of(configuration.Options))
        {
            if (IPAddress.TryParse(address, out IPAddress? ip) && PortProblem(ip, port) is { } problem)
                yield return configuration.Problem(key, problem);
        }
    }

    private static string? DirectoryProblem(string path)
    {
        if (path.Length == 0)
            return null;
        try
        {
            DirectoryInfo directory = Directory.CreateDirectory(path);
            string probe = Path.Combine(directory.FullName, $".write-test-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"the directory '{path}' cannot be made or written: {e.Message}";
        }
    }

    private static string? DatabaseProblem(NodeConfiguration options)
    {
        string path = Path.Combine(options.Node.DataDirectory, options.Spool.File);
        return options.Spool.Database == SpoolDatabaseKind.Sqlite && options.Spool.File.Length > 0 && Directory.Exists(path)
            ? $"'{path}' is a directory; expected is a file, or a name that is free"
            : null;
    }

    private static string? PortProblem(IPAddress address, int port)
    {
        if (port == 0)
            return null;
        using Socket probe = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As the server does it: all of IPv6 is all of both.
            if (address.Equals(IPAddress.IPv6Any))
                probe.DualMode = true;
            probe.Bind(new IPEndPoint(address, port));
            probe.Listen(1);
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return $"port {port} on {address} is in use by another program";
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return $"port {port} on {address} may not be opened by this user; ports below 1024 need the right to (CAP_NET_BIND_SERVICE)";
        }
        catch (SocketException e)
        {
            return $"cannot listen on {address} port {port}: {e.Message}";
        }
    }
}
