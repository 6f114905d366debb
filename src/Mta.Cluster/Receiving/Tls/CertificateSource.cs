using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Receiving;

/// <summary>
/// The certificate that new connections get. <see cref="Refresh"/> reads the files again where their content has changed; a new file that
/// cannot be used leaves the old certificate in force and is logged once.
/// </summary>
internal sealed class CertificateSource
{
    private readonly ReceivingTlsOptions _files;
    private readonly ILogger _log;
    private string _seen;
    private string _lastProblem = "";
    private volatile SslServerAuthenticationOptions _current;

    private CertificateSource(ReceivingTlsOptions files, ILogger log)
    {
        _files = files;
        _log = log;
        _seen = CertificateFiles.Fingerprint(files);
        _current = Load();
    }

    /// <summary>What the next handshake uses. A connection keeps what it began with.</summary>
    public SslServerAuthenticationOptions Current => _current;

    /// <summary>Reads the configured certificate, or makes a self-signed one.</summary>
    /// <exception cref="CryptographicException">The files cannot be used.</exception>
    /// <exception cref="IOException">The files cannot be read or made.</exception>
    public static CertificateSource Open(ReceivingTlsOptions options, string dataDirectory, string hostName, TimeProvider time, ILogger log)
    {
        if (options.CertificateFile.Length > 0)
            return new CertificateSource(options, log);
        var files = SelfSignedCertificate.Ensure(dataDirectory, hostName, time.GetUtcNow(), out var made);
        if (made)
            log.SelfSignedMade(hostName, files.CertificateFile);
        else
            log.SelfSignedUsed(files.CertificateFile);
        return new CertificateSource(files, log);
    }

    /// <summary>Takes the files' new content, if there is any and it can be used. One caller at a time.</summary>
    public void Refresh()
    {
        try
        {
            var now = CertificateFiles.Fingerprint(_files);
            if (now == _seen)
                return;
            _seen = now;
            _current = Load();
            _lastProblem = "";
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            if (e.Message == _lastProblem)
                return;
            _lastProblem = e.Message;
            _log.CertificateNotReloaded(_files.CertificateFile, e.Message);
        }
    }

    private SslServerAuthenticationOptions Load()
    {
        var loaded = CertificateFiles.Load(_files);
        var options = new SslServerAuthenticationOptions
        {
            // Offline: the chain is what the file says; nothing is fetched from the network during a handshake.
            ServerCertificateContext = SslStreamCertificateContext.Create(loaded.Leaf, loaded.Chain, offline: true),
            // RFC 8996: TLS 1.0 and 1.1 are not to be used. The rule asks for the system's choice, which on old systems is less.
#pragma warning disable CA5398
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
            ClientCertificateRequired = false,
            AllowRenegotiation = false,
        };
        _log.CertificateLoaded(loaded.Leaf.Subject, loaded.Leaf.Thumbprint, new DateTimeOffset(loaded.Leaf.NotAfter.ToUniversalTime()));
        return options;
    }
}
