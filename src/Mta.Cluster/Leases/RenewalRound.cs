using Microsoft.Extensions.Logging;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Leases;

/// <summary>The renewals of leases that go together. An outage is one line in the log, and its end another.</summary>
internal sealed class RenewalRound(long nextAt)
{
    private bool _hasFailed;

    public long NextAt { get; set; } = nextAt;

    public bool IsUnderWay { get; set; }

    public void Succeeded(ILogger log)
    {
        if (_hasFailed)
            log.LeasesRenewedAgain();
        _hasFailed = false;
    }

    public void Failed(ILogger log, Exception error)
    {
        if (!_hasFailed)
            log.LeasesNotRenewed(LogText.Escape(error.Message));
        _hasFailed = true;
    }
}
