using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>How a peer's certificate is judged: by the system's authorities and those of a configured file, or not at all.</summary>
internal sealed class PeerCertificates
{
    private readonly X509Certificate2Collection _authorities = [];

    /// <summary>Reads the configured authorities.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The file holds no certificates.</exception>
    public PeerCertificates(string authoritiesFile)
    {
        if (authoritiesFile.Length > 0)
            _authorities.ImportFromPemFile(authoritiesFile);
    }

    /// <summary>TLS with one host.</summary>
    /// <param name="host">The host's name: asked for by SNI, and what the certificate is to name.</param>
    /// <param name="mustVerify">False takes any certificate (RFC 7435).</param>
    public SslClientAuthenticationOptions OptionsFor(string host, bool mustVerify) => new()
    {
        // RFC 6066 §3: an address is no server name.
        TargetHost = IPAddress.TryParse(host, out _) && !mustVerify ? "" : host,
        // RFC 7435 §3: encryption without authentication is better than none, and what the policy asks for here.
#pragma warning disable CA5359
        RemoteCertificateValidationCallback = mustVerify ? Verify : static (_, _, _, _) => true,
#pragma warning restore CA5359
    };

    private bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || _authorities.Count == 0 || certificate is null)
            return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        return own.Build(X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
    }
}
