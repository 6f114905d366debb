using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using Mta.Cluster.Receiving;

namespace Mta.Cluster.Membership;

/// <summary>
/// This node's certificate, and how those of others are judged: by the cluster's authorities alone, on both ends of a connection. The authorities are read again when their
/// file changes. The certificate stays the one of the start: Akka's transport takes one object for its whole life, and asks nobody when it opens or takes a connection.
/// </summary>
internal sealed class MemberCertificates
{
    private readonly ClusterTlsOptions _options;
    private readonly string _certificateAtStart;
    private string _authoritiesSeen;
    private volatile X509Certificate2Collection _authorities;

    /// <exception cref="CryptographicException">The files cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public MemberCertificates(ClusterTlsOptions options)
    {
        _options = options;
        _certificateAtStart = CertificateFiles.Fingerprint(options.Files);
        Own = CertificateFiles.Load(options.Files).Leaf;
        _authoritiesSeen = FingerprintOf(options.AuthoritiesFile);
        _authorities = ReadAuthorities(options.AuthoritiesFile);
    }

    /// <summary>The certificate that this node shows until it is started again.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>When it ends, UTC.</summary>
    public DateTimeOffset ValidUntil => new(Own.NotAfter.ToUniversalTime());

    /// <summary>For Akka's transport: objects, because its settings would take a PFX file with a password in clear, and know only the system's authorities.</summary>
    public Setup Setup => new DotNettySslSetup(
        Own, suppressValidation: false, requireMutualAuthentication: _options.Mutual, customValidator: (certificate, chain, peer, _, log) => IsMember(certificate, chain, peer, log));

    /// <summary>The certificates of a PEM file.</summary>
    public static X509Certificate2Collection ReadAuthorities(string file)
    {
        var read = new X509Certificate2Collection();
        read.ImportFromPemFile(file);
        return read;
    }

    /// <summary>Whether the files of the certificate hold another than the one that this node shows.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public bool HasOtherOnDisk() => CertificateFiles.Fingerprint(_options.Files) != _certificateAtStart;

    /// <summary>Whether a certificate is of the authorities that count now.</summary>
    public bool IsTrusted(X509Certificate2 certificate) => ProblemsOf(certificate, _authorities, []) is null;

    /// <summary>Takes the authorities' new content, if there is any. One caller at a time.</summary>
    /// <returns>How many authorities there are now; null where nothing has changed.</returns>
    /// <exception cref="CryptographicException">The new content cannot be used; what was read before stays.</exception>
    /// <exception cref="IOException">The file cannot be read; what was read before stays.</exception>
    public int? RefreshAuthorities()
    {
        var now = FingerprintOf(_options.AuthoritiesFile);
        if (now == _authoritiesSeen)
            return null;
        var read = ReadAuthorities(_options.AuthoritiesFile);
        if (read.Count == 0)
            throw new CryptographicException("the file holds no certificate");
        _authoritiesSeen = now;
        _authorities = read;
        return read.Count;
    }

    private static string FingerprintOf(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

    private bool IsMember(X509Certificate2? certificate, X509Chain? sent, string peer, ILoggingAdapter log)
    {
        if (certificate is null)
        {
            log.Warning("{0} shows no certificate, and is no member", peer);
            return false;
        }
        var problems = ProblemsOf(certificate, _authorities, sent?.ChainElements.Select(e => e.Certificate) ?? []);
        if (problems is null)
            return true;
        log.Warning("the certificate of {0} is not of the cluster's authorities: {1}", peer, problems);
        return false;
    }

    /// <summary>Why a certificate is not of these authorities now; null where it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="authorities">The authorities.</param>
    /// <param name="sent">What came with it.</param>
    internal static string? ProblemsOf(X509Certificate2 certificate, X509Certificate2Collection authorities, IEnumerable<X509Certificate2> sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(authorities);
        foreach (var one in sent)
            chain.ChainPolicy.ExtraStore.Add(one);
        // A private authority has no place to ask; who is to be kept out is so by a new authority.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate) ? null : string.Join(", ", chain.ChainStatus.Select(s => s.Status));
    }
}
