using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Receiving;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Membership;

/// <summary>
/// Looks at the files of <c>cluster.tls</c> while the node runs: takes new authorities, and says when a certificate waits for a restart of the node or nears its end.
/// </summary>
/// <param name="certificates">What was read at the start.</param>
/// <param name="options">The files' names.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class MemberCertificateWatch(MemberCertificates certificates, ClusterTlsOptions options, TimeProvider time, ILogger log) : BackgroundService
{
    private static readonly TimeSpan SayAgainAfter = TimeSpan.FromDays(1);
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);
    private bool _hasToldOther;
    private (Validity Validity, DateTimeOffset At) _told = (Validity.Long, DateTimeOffset.MinValue);

    /// <summary>How long the certificate is still valid.</summary>
    private enum Validity
    {
        /// <summary>For more than 30 days.</summary>
        Long,

        /// <summary>For 30 days at most: time to renew it.</summary>
        Short,

        /// <summary>For 7 days at most.</summary>
        Ending,

        /// <summary>No longer.</summary>
        Ended,
    }

    /// <summary>Looks at all files, and at the clock.</summary>
    public void Look()
    {
        LookAtAuthorities();
        LookAtCertificate();
        LookAtValidity();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CertificateReloader.Interval, time);
        do
            Look();
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private void LookAtAuthorities() => Try(options.AuthoritiesFile, () =>
    {
        if (certificates.RefreshAuthorities() is { } count)
            log.AuthoritiesRead(options.AuthoritiesFile, count);
    });

    private void LookAtCertificate() => Try(options.CertificateFile, () =>
    {
        var isOther = certificates.HasOtherOnDisk();
        if (isOther && !_hasToldOther)
            log.CertificateWaits(options.CertificateFile, certificates.ValidUntil);
        _hasToldOther = isOther;
    });

    private void LookAtValidity()
    {
        var now = time.GetUtcNow();
        var left = certificates.ValidUntil - now;
        var validity = ValidityOf(left);
        if (validity == _told.Validity && now - _told.At < SayAgainAfter)
            return;
        _told = (validity, now);
        if (validity == Validity.Ended)
            log.CertificateEnded(options.CertificateFile, certificates.ValidUntil);
        else if (validity != Validity.Long)
            log.CertificateEnds(validity == Validity.Short ? LogLevel.Warning : LogLevel.Error, options.CertificateFile, left.TotalDays, certificates.ValidUntil);
    }

    private static Validity ValidityOf(TimeSpan left) => left.TotalDays switch
    {
        <= 0 => Validity.Ended,
        <= 7 => Validity.Ending,
        <= 30 => Validity.Short,
        _ => Validity.Long,
    };

    // Files that are just being replaced may be missing or not fit together: the next look finds them whole.
    private void Try(string file, Action look)
    {
        try
        {
            look();
            _problems.Remove(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            if (_problems.GetValueOrDefault(file) != e.Message)
                log.MemberFileUnusable(file, LogText.Escape(e.Message));
            _problems[file] = e.Message;
        }
    }
}
