using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mta.Cluster.Membership;
using Mta.Testing;

namespace Mta.Cluster.Tests.Membership;

/// <summary>Certificates of members, and the authorities that they come from, as files.</summary>
internal static class MemberFiles
{
    /// <summary>A private authority.</summary>
    public static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(100));
    }

    /// <summary>Writes a member's files.</summary>
    /// <param name="files">Where.</param>
    /// <param name="authority">Who signs.</param>
    /// <param name="name">The files' name.</param>
    /// <param name="isMutual">Whether both ends show a certificate.</param>
    /// <param name="validFor">For how long; an hour where it is not said.</param>
    public static ClusterTlsOptions Write(Workspace files, X509Certificate2 authority, string name, bool isMutual = true, TimeSpan? validFor = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow + (validFor ?? TimeSpan.FromHours(1)), RandomNumberGenerator.GetBytes(8));
        return new ClusterTlsOptions
        {
            CertificateFile = files.Write($"{name}.pem", certificate.ExportCertificatePem()),
            KeyFile = files.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()),
            AuthoritiesFile = files.Write($"{name}.authorities.pem", authority.ExportCertificatePem()),
            Mutual = isMutual,
        };
    }
}
