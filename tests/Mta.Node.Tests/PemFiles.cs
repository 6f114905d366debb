using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mta.Node.Tests;

/// <summary>A certificate and its key, for configurations that name some.</summary>
internal static class PemFiles
{
    /// <summary>Makes both files.</summary>
    public static void Write(string certificateFile, string keyFile)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=smtp.example.com", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
