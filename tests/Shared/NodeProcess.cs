using System.Globalization;
using System.Net;

namespace Mta.Testing;

/// <summary>A real node in a process of its own, as a user runs it.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly ChildProcess _process;

    private NodeProcess(ChildProcess process, IPEndPoint smtp, Uri management)
    {
        _process = process;
        Smtp = smtp;
        Management = management;
    }

    public IPEndPoint Smtp { get; }

    public Uri Management { get; }

    public int Pid => _process.Pid;

    public IReadOnlyList<string> Log => _process.Lines;

    /// <summary>Resident memory now, in bytes.</summary>
    public long ResidentBytes => StatusKilobytes("VmRSS:") * 1024;

    /// <summary>The most resident memory so far, in bytes.</summary>
    public long PeakResidentBytes => StatusKilobytes("VmHWM:") * 1024;

    /// <summary>Processor time of the process so far, user and system.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            using var process = System.Diagnostics.Process.GetProcessById(Pid);
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a node without waiting for it.</summary>
    public static NodeProcess Launch(string configuration, int smtpPort, int managementPort)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Mta.Node.dll");
        var child = ChildProcess.Start("dotnet", [program, "--config", configuration], Path.GetDirectoryName(configuration));
        return new NodeProcess(
            child,
            new IPEndPoint(IPAddress.Loopback, smtpPort),
            new Uri($"http://127.0.0.1:{managementPort.ToString(CultureInfo.InvariantCulture)}"));
    }

    /// <summary>Starts a node and waits until it is ready.</summary>
    public static async Task<NodeProcess> StartAsync(string configuration, int smtpPort, int managementPort, TimeSpan? limit = null)
    {
        var node = Launch(configuration, smtpPort, managementPort);
        try
        {
            await node.WaitUntilReadyAsync(limit ?? TimeSpan.FromSeconds(60));
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks <c>/ready</c> until it says yes; throws with the log when the node ends or the time is up.</summary>
    public async Task WaitUntilReadyAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await IsReadyAsync())
        {
            if (_process.HasExited || patience.IsCancellationRequested)
                throw new TimeoutException($"the node is not ready after {limit}:\n{string.Join('\n', Log.TakeLast(60))}");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(Management, "/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public Task<string> GetAsync(string path) => Http.GetStringAsync(new Uri(Management, path));

    public Task<string> WaitForLogAsync(Func<string, bool> condition, TimeSpan limit) => _process.WaitForLineAsync(condition, limit);

    public Task KillAsync() => _process.KillAsync();

    public Task TerminateAsync() => _process.TerminateAsync(TimeSpan.FromSeconds(60));

    /// <summary>Starts a new count of <see cref="PeakResidentBytes"/>.</summary>
    public void ResetPeak() => File.WriteAllText($"/proc/{Pid}/clear_refs", "5");

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private long StatusKilobytes(string field)
    {
        var line = File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
