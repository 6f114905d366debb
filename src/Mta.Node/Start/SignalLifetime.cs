using System.Runtime.InteropServices;

namespace Mta.Node.Start;

/// <summary>SIGTERM and SIGINT stop the node gracefully; the second of them ends the process at once, which the spool is made for.</summary>
internal sealed class SignalLifetime(IHostApplicationLifetime application, Action<int> exit) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Receive(context.Signal);
    }

    /// <summary>Takes a signal.</summary>
    internal void Receive(PosixSignal signal)
    {
        if (Interlocked.Increment(ref _signals) == 1)
            application.StopApplication();
        else
            exit(128 + (signal == PosixSignal.SIGINT ? 2 : 15));
    }
}
