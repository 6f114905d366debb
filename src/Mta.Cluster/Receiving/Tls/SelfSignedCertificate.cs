using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mta.Cluster.Receiving;

/// <summary>The certificate of a node that has none configured: made once, kept in the data directory.</summary>
internal static class SelfSignedCertificate
{
    private const int Years = 10;

    /// <summary>The options that name the files of the self-signed certificate, which are made where they are not there.</summary>
    /// <param name="dataDirectory">The node's data directory.</param>
    /// <param name="hostName">The name in the certificate.</param>
    /// <param name="now">The time from which it is valid.</param>
    /// <param name="made">True when the files were made by this call.</param>
    public static ReceivingTlsOptions Ensure(string dataDirectory, string hostName, DateTimeOffset now, out bool made)
    {
        var directory = Directory.CreateDirectory(Path.Combine(dataDirectory, "tls")).FullName;
        var options = new ReceivingTlsOptions
        {
            CertificateFile = Path.Combine(directory, "self-signed.crt.pem"),
            KeyFile = Path.Combine(directory, "self-signed.key.pem"),
        };
        made = !File.Exists(options.CertificateFile) || !File.Exists(options.KeyFile);
        if (made)
            Make(options, hostName, now);
        return options;
    }

    private static void Make(ReceivingTlsOptions options, string hostName, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            new X500DistinguishedName($"CN=\"{hostName.Replace("\"", "", StringComparison.Ordinal)}\""), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostName);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        // serverAuth, RFC 5280 §4.2.1.12.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        WriteNew(options.KeyFile, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        WriteNew(options.CertificateFile, certificate.ExportCertificatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    // Written aside and moved, so that a crash leaves a whole file or none; the mode is there before the content.
    private static void WriteNew(string file, string text, UnixFileMode mode)
    {
        var aside = file + ".new";
        File.Delete(aside);
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = mode;
        using (var writer = new StreamWriter(aside, how))
            writer.Write(text + "\n");
        File.Move(aside, file, overwrite: true);
    }
}
