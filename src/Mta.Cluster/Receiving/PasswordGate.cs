using Mta.Protocol.Authentication;

namespace Mta.Cluster.Receiving;

/// <summary>
/// Runs the checks of passwords on pool threads, a few at a time: each holds a core for some tenths of a second, and a flood of them must leave cores
/// for mail. Who waits too long gets a temporary failure.
/// </summary>
internal sealed class PasswordGate(int concurrency) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _places = new(concurrency, concurrency);

    public async Task<SaslStep> VerifyAsync(ISaslVerifier verifier)
    {
        if (!await _places.WaitAsync(Patience).ConfigureAwait(false))
            return SaslStep.Failed(SaslFailure.Temporary);
        try
        {
            return await Task.Run(verifier.Verify).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
