using Microsoft.Extensions.Hosting;

namespace Mta.Cluster.Receiving;

/// <summary>
/// Looks every ten seconds whether the certificate's files have changed. Their content is compared, not their times: under Kubernetes the files
/// are links that change places, where watching the files tells nothing.
/// </summary>
internal sealed class CertificateReloader(CertificateSource? source, TimeProvider time) : BackgroundService
{
    /// <summary>The time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (source is null)
            return;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            source.Refresh();
    }
}
