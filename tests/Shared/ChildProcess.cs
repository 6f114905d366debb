using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Mta.Testing;

/// <summary>A program that a test has started: its output is kept, its end is awaited, and it is stopped by pid.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int LinesKept = 200_000;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<Waiter, byte> _waiters = new();

    private ChildProcess(Process process) => _process = process;

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Starts a program with its arguments; environment entries are added to this process's own.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        var child = new ChildProcess(new Process { StartInfo = info, EnableRaisingEvents = true });
        child._process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end; throws with its output unless it exits with 0.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, string? directory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var child = Start(program, arguments, directory, environment);
        var code = await child.WaitForExitAsync(limit);
        return code == 0
            ? child.Lines
            : throw new InvalidOperationException($"{program} ended with {code}:\n{string.Join('\n', child.Lines.TakeLast(60))}");
    }

    /// <summary>The first line, already written or still to come, that satisfies the condition.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> condition, TimeSpan limit)
    {
        var waiter = new Waiter(condition);
        _waiters[waiter] = 0;
        if (_lines.FirstOrDefault(condition) is { } seen)
            waiter.Found.TrySetResult(seen);
        var exited = _process.WaitForExitAsync();
        var first = await Task.WhenAny(waiter.Found.Task, exited, Task.Delay(limit));
        _waiters.TryRemove(waiter, out _);
        if (first == waiter.Found.Task || waiter.Found.Task.IsCompleted)
            return await waiter.Found.Task;
        var why = first == exited ? $"ended with {_process.ExitCode}" : $"did not write the line within {limit}";
        throw new TimeoutException($"{_process.StartInfo.FileName} {why}:\n{string.Join('\n', _lines.TakeLast(60))}");
    }

    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var cancel = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"{_process.StartInfo.FileName} did not end within {limit}:\n{string.Join('\n', _lines.TakeLast(60))}");
        }
        return _process.ExitCode;
    }

    /// <summary>kill -9, and wait until it is gone.</summary>
    public Task KillAsync() => SignalAndWaitAsync(SigKill, TimeSpan.FromSeconds(20));

    /// <summary>SIGTERM, and wait for the graceful end.</summary>
    public Task TerminateAsync(TimeSpan limit) => SignalAndWaitAsync(SigTerm, limit);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private async Task SignalAndWaitAsync(int signal, TimeSpan limit)
    {
        if (!_process.HasExited && Kill(_process.Id, signal) != 0 && !_process.HasExited)
            throw new InvalidOperationException($"kill -{signal} {_process.Id} failed with {Marshal.GetLastPInvokeError()}");
        await WaitForExitAsync(limit);
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        while (_lines.Count > LinesKept)
            _lines.TryDequeue(out _);
        foreach (var (waiter, _) in _waiters)
        {
            if (waiter.Condition(line))
                waiter.Found.TrySetResult(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private sealed record Waiter(Func<string, bool> Condition)
    {
        public TaskCompletionSource<string> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
