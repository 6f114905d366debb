using System.Globalization;
using System.Net;

namespace Mta.Testing;

/// <summary>A real node in a process of its own, as a user runs it.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    // Where the endpoint wants no token, none is looked at.
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5), DefaultRequestHeaders = { Authorization = new("Bearer", NodeSettings.AnyToken) } };
    private readonly ChildProcess _process;
    private readonly string _configuration;

    private NodeProcess(ChildProcess process, string configuration, IPEndPoint smtp, Uri management)
    {
        _process = process;
        _configuration = configuration;
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

    /// <summary>Starts a node without waiting for it, in a network namespace where one is named.</summary>
    /// <param name="configuration">The configuration file.</param>
    /// <param name="smtp">Where it will listen.</param>
    /// <param name="management">Where its management endpoint will be.</param>
    /// <param name="networkNamespace">The network namespace to run it in; null for the test's own.</param>
    /// <param name="program">The node's assembly; null for the one that was built with the test.</param>
    public static NodeProcess Launch(string configuration, IPEndPoint smtp, Uri management, string? networkNamespace = null, string? program = null)
    {
        string[] command = ["dotnet", program ?? Path.Combine(AppContext.BaseDirectory, "Mta.Node.dll"), "--config", configuration];
        // ip replaces itself by the program, so that the process id is the node's.
        if (networkNamespace is not null)
            command = ["ip", "netns", "exec", networkNamespace, .. command];
        var child = ChildProcess.Start(command[0], command[1..], Path.GetDirectoryName(configuration));
        return new NodeProcess(child, configuration, smtp, management);
    }

    /// <summary>Starts a node and waits until it is ready.</summary>
    public static async Task<NodeProcess> StartAsync(
        string configuration, IPEndPoint smtp, Uri management, TimeSpan? limit = null, string? networkNamespace = null)
    {
        var node = Launch(configuration, smtp, management, networkNamespace);
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
                throw new TimeoutException($"the node has ended, or is not ready after {limit}:\n{Story()}");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>The end of its log without the lines of single messages.</summary>
    public string Story() => string.Join('\n', Log.Where(l => !IsMail(l)).TakeLast(80));

    private static bool IsMail(string line) => line.Contains(" Receiving: ", StringComparison.Ordinal) || line.Contains(" Queues: ", StringComparison.Ordinal);

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

    /// <summary>True when the process has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Waits until it has ended by itself, and gives its exit code.</summary>
    public Task<int> WaitForExitAsync(TimeSpan limit) => _process.WaitForExitAsync(limit);

    public Task KillAsync() => _process.KillAsync();

    public Task TerminateAsync() => _process.TerminateAsync(TimeSpan.FromSeconds(60));

    /// <summary>Starts a new count of <see cref="PeakResidentBytes"/>.</summary>
    public void ResetPeak() => File.WriteAllText($"/proc/{Pid}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        var log = $"{_configuration}.{Pid.ToString(CultureInfo.InvariantCulture)}.log";
        await _process.DisposeAsync();
        // Where the directory is kept, the log is what one wants to see.
        if (Workspace.IsKept)
            await File.WriteAllLinesAsync(log, Log);
    }

    private long StatusKilobytes(string field)
    {
        var line = File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
