using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mta.Node.Telemetry;

namespace Mta.Node.Management;

/// <summary>What a handshake of the management endpoint uses: its certificate, read anew when the files have changed, and the authorities of client certificates.</summary>
internal sealed class ManagementCertificate
{
    // RFC 5280 §4.2.1.12: for authentication of clients.
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(30);

    private readonly ManagementOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly Lock _lock = new();
    private SslServerAuthenticationOptions _current;
    private string _read = "";
    private long _lookedAt;

    /// <exception cref="CryptographicException">The files cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ManagementCertificate(ManagementOptions options, TimeProvider clock, ILogger log)
    {
        (_options, _clock, _log) = (options, clock, log);
        if (options.ClientCertificates.IsUsed())
            _authorities.ImportFromPemFile(options.ClientCertificates.AuthoritiesFile);
        _lookedAt = clock.GetTimestamp();
        _current = Read() ?? throw new CryptographicException("no certificate");
    }

    /// <summary>What the next handshake uses.</summary>
    public SslServerAuthenticationOptions Current()
    {
        lock (_lock)
        {
            if (_clock.GetElapsedTime(_lookedAt) < LookAgainAfter)
                return _current;
            _lookedAt = _clock.GetTimestamp();
            try
            {
                _current = Read() ?? _current;
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                NodeLog.ManagementCertificateKept(_log, _options.Tls.CertificateFile, e.Message);
            }
            return _current;
        }
    }

    private SslServerAuthenticationOptions? Read()
    {
        string certificate = File.ReadAllText(_options.Tls.CertificateFile), key = File.ReadAllText(_options.Tls.KeyFile);
        if (_read == certificate + key)
            return null;
        X509Certificate2 leaf = X509Certificate2.CreateFromPem(certificate, key);
        X509Certificate2Collection chain = [];
        chain.ImportFromPem(certificate);
        _read = certificate + key;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, [.. chain.Where(c => c.Thumbprint != leaf.Thumbprint)], offline: true),
            // RFC 8996: TLS 1.0 and 1.1 are not to be used.
#pragma warning disable CA5398
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
            ClientCertificateRequired = _authorities.Count > 0,
            RemoteCertificateValidationCallback = (_, shown, sent, _) => shown is null || IsIssued(shown, sent),
        };
    }

    // No certificate is well too: then a token speaks for the client.
    private bool IsIssued(X509Certificate shown, X509Chain? sent)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.ExtraStore.AddRange(_authorities);
        foreach (X509ChainElement element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        // A private authority has no place to ask; who is to be kept out is taken off the list of names.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        return chain.Build(certificate);
    }
}
