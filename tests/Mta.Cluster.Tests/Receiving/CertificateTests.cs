using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Receiving;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

public sealed class CertificateTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta-tls-").FullName;
    private readonly LogLines _log = new();

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private CertificateSource Open(ReceivingTlsOptions options) =>
        CertificateSource.Open(options, _directory, "mx.example.org", TimeProvider.System, _log);

    private static string Thumbprint(CertificateSource source) => source.Current.ServerCertificateContext!.TargetCertificate.Thumbprint;

    private ReceivingTlsOptions Files(string name) =>
        SelfSignedCertificate.Ensure(Path.Combine(_directory, name), name, TimeProvider.System.GetUtcNow(), out _);

    [Fact]
    public void Without_a_certificate_one_is_made_once_and_kept()
    {
        var first = Thumbprint(Open(new ReceivingTlsOptions()));
        Assert.Contains(_log.All, l => l.Contains("made a self-signed one", StringComparison.Ordinal));
        Assert.Equal(first, Thumbprint(Open(new ReceivingTlsOptions())));
        Assert.Single(_log.All, l => l.Contains("made a self-signed one", StringComparison.Ordinal));
        var key = Path.Combine(_directory, "tls", "self-signed.key.pem");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public void A_broken_new_file_leaves_the_old_certificate_and_is_logged_once()
    {
        var files = Files("a");
        var source = Open(files);
        var old = Thumbprint(source);
        File.WriteAllText(files.CertificateFile, "not a certificate");
        source.Refresh();
        source.Refresh();
        Assert.Equal(old, Thumbprint(source));
        Assert.Single(_log.All, l => l.StartsWith("Error", StringComparison.Ordinal));
        var other = Files("b");
        File.Copy(other.CertificateFile, files.CertificateFile, overwrite: true);
        source.Refresh();
        Assert.Equal(old, Thumbprint(source));
        File.Copy(other.KeyFile, files.KeyFile, overwrite: true);
        source.Refresh();
        Assert.NotEqual(old, Thumbprint(source));
    }

    [Fact]
    public void A_missing_file_leaves_the_old_certificate()
    {
        var files = Files("a");
        var source = Open(files);
        var old = Thumbprint(source);
        File.Delete(files.KeyFile);
        source.Refresh();
        Assert.Equal(old, Thumbprint(source));
    }

    [Fact]
    public async Task The_reloader_looks_every_ten_seconds()
    {
        var files = Files("a");
        var source = Open(files);
        var old = Thumbprint(source);
        var time = new FakeTimeProvider();
        using var reloader = new CertificateReloader(source, time);
        await reloader.StartAsync(TestContext.Current.CancellationToken);
        var other = Files("b");
        File.Copy(other.KeyFile, files.KeyFile, overwrite: true);
        File.Copy(other.CertificateFile, files.CertificateFile, overwrite: true);
        while (Thumbprint(source) == old)
        {
            time.Advance(CertificateReloader.Interval);
            await Task.Yield();
        }
        await reloader.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_pfx_with_password_is_read()
    {
        using var made = CertificateFiles.Load(Files("a"));
        var file = Path.Combine(_directory, "a.pfx");
        File.WriteAllBytes(file, made.Leaf.Export(X509ContentType.Pfx, "geheim"));
        Assert.Equal(made.Leaf.Thumbprint, Thumbprint(Open(new ReceivingTlsOptions { CertificateFile = file, Password = "geheim" })));
        Assert.Equal("certificateFile", Assert.Single(new ReceivingTlsOptions { CertificateFile = file, Password = "wrong" }.Check()).Key);
    }

    [Fact]
    public void Wrong_files_are_told_at_start()
    {
        var one = Files("a");
        var other = Files("b");
        Assert.Empty(one.Check());
        Assert.Equal("certificateFile", Assert.Single(new ReceivingTlsOptions { CertificateFile = one.CertificateFile, KeyFile = other.KeyFile }.Check()).Key);
        Assert.Equal("keyFile", Assert.Single(new ReceivingTlsOptions { CertificateFile = one.CertificateFile, KeyFile = "/nowhere.pem" }.Check()).Key);
        Assert.Equal("keyFile", Assert.Single(new ReceivingTlsOptions { KeyFile = one.KeyFile }.Check()).Key);
        Assert.Equal("certificateFile", Assert.Single(new ReceivingTlsOptions { CertificateFile = one.KeyFile }.Check()).Key);
    }
}
