using System.Globalization;
using System.Net;
using DnsClient;

namespace Mta.Testing;

/// <summary>Debian's <c>nsd</c>, an authoritative DNS server, on a loopback port (UDP and TCP) with the zones that a test gives it. Stopped by its process id.</summary>
internal sealed class NsdServer : IAsyncDisposable
{
    private const string InUse = "Address already in use";
    private const int Starts = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ChildProcess _process;
    private readonly Workspace _workspace;

    private NsdServer(ChildProcess process, Workspace workspace, int port)
    {
        _process = process;
        _workspace = workspace;
        Endpoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>False where the program is not there.</summary>
    public static bool IsInstalled { get; } = Program() is not null;

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Starts a server and completes when it answers for every zone.</summary>
    /// <param name="zones">Zone files by the zone's name. A zone without text has no file: the server then says SERVFAIL for it.</param>
    public static async Task<NsdServer> StartAsync(IReadOnlyDictionary<string, string> zones)
    {
        var program = Program() ?? throw new InvalidOperationException("nsd is not installed.");
        var workspace = new Workspace("nsd");
        try
        {
            var files = zones.Where(z => z.Value.Length > 0).Select((zone, i) => WriteZone(workspace, zone, i)).ToDictionary();
            return await StartAsync(program, workspace, [.. zones.Keys], files);
        }
        catch
        {
            workspace.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // SIGTERM, so that it takes its own children with it.
        if (!_process.HasExited)
            await _process.TerminateAsync(Patience);
        await _process.DisposeAsync();
        _workspace.Dispose();
    }

    // Nobody can keep a port for another program: where somebody else was quicker, the next one is tried.
    private static async Task<NsdServer> StartAsync(string program, Workspace workspace, string[] zones, Dictionary<string, string> files)
    {
        for (var start = 1; ; start++)
        {
            var port = Loopback.FreePort();
            var configuration = workspace.Write($"nsd{start}.conf", Configuration(workspace, port, zones, files));
            var process = ChildProcess.Start(program, ["-d", "-c", configuration]);
            try
            {
                await process.WaitForLineAsync(l => l.Contains("nsd started", StringComparison.Ordinal), Patience);
                await AskAsync(port, files.Keys);
                return new NsdServer(process, workspace, port);
            }
            catch (TimeoutException) when (start < Starts && process.Lines.Any(l => l.Contains(InUse, StringComparison.Ordinal)))
            {
                await process.DisposeAsync();
            }
            catch (Exception e)
            {
                await process.DisposeAsync();
                throw new InvalidOperationException($"nsd does not serve its zones:\n{string.Join('\n', process.Lines)}", e);
            }
        }
    }

    // A zone file with a mistake is only logged, and its zone is then not served.
    private static async Task AskAsync(int port, IEnumerable<string> zones)
    {
        var client = new LookupClient(new LookupClientOptions(new IPEndPoint(IPAddress.Loopback, port)) { UseCache = false, ThrowDnsErrors = true });
        foreach (var zone in zones)
            await client.QueryAsync(zone, QueryType.SOA);
    }

    private static KeyValuePair<string, string> WriteZone(Workspace workspace, KeyValuePair<string, string> zone, int number)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"{number}.zone");
        workspace.Write(file, zone.Value);
        return new(zone.Key, file);
    }

    // An empty user name: it stays who it is. It writes nothing outside the workspace.
    private static string Configuration(Workspace workspace, int port, string[] zones, Dictionary<string, string> files) => $"""
        server:
          ip-address: 127.0.0.1@{port.ToString(CultureInfo.InvariantCulture)}
          username: ""
          chroot: ""
          database: ""
          zonesdir: "{workspace.Path}"
          zonelistfile: "{workspace.At("zone.list")}"
          pidfile: "{workspace.At("nsd.pid")}"
          xfrdfile: "{workspace.At("xfrd.state")}"
          xfrdir: "{workspace.Path}"
          server-count: 1
          verbosity: 1
        remote-control:
          control-enable: no
        {string.Concat(zones.Select(name => $"zone:\n  name: \"{name}\"\n  zonefile: \"{files.GetValueOrDefault(name, "none")}\"\n"))}
        """;

    private static string? Program()
    {
        // /usr/sbin is not on every user's path.
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return path.Append("/usr/sbin").Select(d => Path.Combine(d, "nsd")).FirstOrDefault(File.Exists);
    }
}
