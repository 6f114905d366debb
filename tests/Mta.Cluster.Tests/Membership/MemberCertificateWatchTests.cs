using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Membership;
using Mta.Cluster.Telemetry;
using Mta.Cluster.Tests.Receiving;
using Mta.Testing;
using Xunit;

namespace Mta.Cluster.Tests.Membership;

/// <summary>Files of members' certificates that change, or come to their end, while the node runs.</summary>
public sealed class MemberCertificateWatchTests : IDisposable
{
    private readonly Workspace _files = new("watch");
    private readonly LogLines _log = new();
    private readonly X509Certificate2 _authority = MemberFiles.Authority("our authority");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose()
    {
        _authority.Dispose();
        _log.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Nothing_is_said_while_nothing_changes_and_the_end_is_far()
    {
        var watch = Watch(Write(days: 90), out _);
        watch.Look();
        watch.Look();
        Assert.Empty(_log.All);
    }

    [Fact]
    public void A_changed_certificate_is_said_once_and_the_one_of_the_start_stays()
    {
        var options = Write(days: 90);
        var watch = Watch(options, out var certificates);
        var own = certificates.Own.Thumbprint;
        Write(days: 91);
        watch.Look();
        watch.Look();
        Assert.Equal(own, certificates.Own.Thumbprint);
        Assert.Matches($"^Warning the certificate in {options.CertificateFile} has changed: this node shows the other members the one of its start", Assert.Single(_log.All));
    }

    [Fact]
    public void Changed_authorities_count_from_the_next_look()
    {
        var options = Write(days: 90);
        var watch = Watch(options, out var certificates);
        using var other = MemberFiles.Authority("another authority");
        var stranger = new MemberCertificates(MemberFiles.Write(_files, other, "stranger")).Own;
        Assert.False(certificates.IsTrusted(stranger));
        File.AppendAllText(options.AuthoritiesFile, "\n" + other.ExportCertificatePem());
        watch.Look();
        Assert.True(certificates.IsTrusted(stranger));
        Assert.True(certificates.IsTrusted(certificates.Own));
        Assert.Equal($"Information the members' authorities in {options.AuthoritiesFile} have changed, 2 were read; new connections are judged by them", Assert.Single(_log.All));

        File.WriteAllText(options.AuthoritiesFile, other.ExportCertificatePem());
        watch.Look();
        Assert.False(certificates.IsTrusted(certificates.Own));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData(null)]
    public void Authorities_that_cannot_be_used_are_said_once_and_the_old_ones_stay(string? content)
    {
        var options = Write(days: 90);
        var watch = Watch(options, out var certificates);
        if (content is null)
            File.Delete(options.AuthoritiesFile);
        else
            File.WriteAllText(options.AuthoritiesFile, content);
        watch.Look();
        watch.Look();
        Assert.True(certificates.IsTrusted(certificates.Own));
        Assert.StartsWith($"Error {options.AuthoritiesFile} has changed and cannot be used, what was read before stays: ", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_that_comes_near_is_said_in_three_steps_and_daily()
    {
        var watch = Watch(Write(days: 40), out _);
        var said = new List<string>();
        // A look each six hours.
        for (var hours = 0; hours < 41 * 24; hours += 6)
        {
            var before = _log.All.Count();
            watch.Look();
            said.AddRange(_log.All.Skip(before).Select(line => $"{hours / 24} {line.Split(' ')[0]} {(line.Contains("has ended", StringComparison.Ordinal) ? "ended" : "ends")}"));
            _time.Advance(TimeSpan.FromHours(6));
        }
        string[] expected =
        [
            .. Enumerable.Range(10, 23).Select(day => $"{day} Warning ends"),
            .. Enumerable.Range(33, 7).Select(day => $"{day} Error ends"),
            "40 Error ended",
        ];
        Assert.Equal(expected, said);
    }

    [Fact]
    public void The_time_that_is_left_is_a_metric()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        using var metrics = new MembershipMetrics(factory, _time.GetUtcNow().AddDays(2), _time);
        double? seconds = null;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Name == "mta.membership.certificate.remaining")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => seconds = value);
        listener.Start();
        _time.Advance(TimeSpan.FromDays(3));
        listener.RecordObservableInstruments();
        Assert.Equal(-86_400, Assert.NotNull(seconds), 1.0);
    }

    private ClusterTlsOptions Write(int days) => MemberFiles.Write(_files, _authority, "own", validFor: TimeSpan.FromDays(days));

    private MemberCertificateWatch Watch(ClusterTlsOptions options, out MemberCertificates certificates)
    {
        certificates = new MemberCertificates(options);
        return new MemberCertificateWatch(certificates, options, _time, _log);
    }
}
