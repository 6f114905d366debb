using System.Diagnostics;
using System.Globalization;
using Mta.Testing;

namespace Mta.Tests.Shared;

/// <summary>
/// A private PostgreSQL server on a loopback port, from the installed binaries, in a directory of its own; run as the user
/// <c>postgres</c> where the tests run as root. Stopped by its process id.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "mta";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly string _directory;
    private readonly string _binaries;
    private readonly int _port;
    private readonly string _address;
    private readonly bool _isDurable;
    private Process? _process;
    private int _databases;

    private PostgresServer(string directory, string binaries, int port, string address, bool isDurable)
    {
        _isDurable = isDurable;
        _address = address;
        _directory = directory;
        _binaries = binaries;
        _port = port;
    }

    /// <summary>The directory of <c>initdb</c> and <c>postgres</c>, newest version first; null where PostgreSQL is not installed.</summary>
    public static string? Binaries { get; } = FindBinaries();

    /// <summary>The connection string of the maintenance database.</summary>
    public string ConnectionString => ForDatabase("postgres");

    /// <summary>The process that all others of the server are children of.</summary>
    public int Pid => _process?.Id ?? throw new InvalidOperationException("The server is stopped.");

    /// <summary>Makes and starts a server.</summary>
    /// <param name="address">The one address that it listens on; who reaches it is let in.</param>
    /// <param name="isDurable">It syncs what it commits, as a server that counts does. Most tests do without, and are faster.</param>
    /// <param name="settings">What is added to its postgresql.conf.</param>
    public static async Task<PostgresServer> StartAsync(string address = "127.0.0.1", bool isDurable = false, string settings = "")
    {
        var binaries = Binaries ?? throw new InvalidOperationException("PostgreSQL is not installed (no initdb found).");
        var directory = Directory.CreateTempSubdirectory("mta-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres", directory);
        var server = new PostgresServer(directory, binaries, Loopback.FreePort(), address, isDurable);
        await RunAsync(AsOwner(Path.Combine(binaries, "initdb"), "-D", server.Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        await File.AppendAllTextAsync(Path.Combine(server.Data, "pg_hba.conf"), "host all all 0.0.0.0/0 trust\n");
        await File.AppendAllTextAsync(Path.Combine(server.Data, "postgresql.conf"), "\n" + settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts the server, again after <see cref="StopAsync"/>; completes when it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        var command = AsOwner(
            Path.Combine(_binaries, "postgres"), "-D", Data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-c", $"listen_addresses={_address}",
            "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", _isDurable ? "fsync=on" : "fsync=off", "-c", "lc_messages=C");
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        var process = new Process { StartInfo = Start(command) };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
                log.Add(line.Data ?? "(end)");
            if (line.Data is null)
                ready.TrySetException(new InvalidOperationException($"PostgreSQL did not start: {string.Join(Environment.NewLine, log)}"));
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal))
                ready.TrySetResult();
        };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _process = process;
        await ready.Task.WaitAsync(Limit);
    }

    /// <summary>Stops the server at once, without letting its clients end (SIGINT, "fast").</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        await RunAsync("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
        await process.WaitForExitAsync().WaitAsync(Limit);
        process.Dispose();
    }

    /// <summary>A name for a database that no other test has.</summary>
    public string NewDatabaseName() => string.Create(CultureInfo.InvariantCulture, $"mta_{Interlocked.Increment(ref _databases)}");

    /// <summary>The connection string of a database of this server.</summary>
    public string ForDatabase(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"Host={_address};Port={_port};Username={User};Database={name};Timeout=15");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private string Data => Path.Combine(_directory, "data");

    private static string? FindBinaries()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0)
            : Enumerable.Empty<string>();
        var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return installed.Select(d => Path.Combine(d, "bin")).Concat(paths).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")));
    }

    // The server refuses to run as root. setpriv replaces itself by the program, so that the process id is the server's.
    private static string[] AsOwner(params string[] command) =>
        Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. command]
            : command;

    private static ProcessStartInfo Start(string[] command) => new(command[0], command.Skip(1))
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
        WorkingDirectory = Path.GetTempPath(),
        Environment = { ["LC_ALL"] = "C" },
    };

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(Start(command)) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await output}{await errors}");
    }
}
