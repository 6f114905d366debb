using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mta.Cluster.Receiving;

/// <summary>A certificate with its private key, and what else of the chain its file holds.</summary>
internal sealed class LoadedCertificate(X509Certificate2 leaf, X509Certificate2Collection chain) : IDisposable
{
    public X509Certificate2 Leaf => leaf;

    public X509Certificate2Collection Chain => chain;

    public void Dispose()
    {
        leaf.Dispose();
        foreach (var certificate in chain)
            certificate.Dispose();
    }
}

/// <summary>Reads certificates from PEM and PFX files.</summary>
internal static class CertificateFiles
{
    /// <summary>Reads the configured files.</summary>
    /// <exception cref="CryptographicException">The content is not what it should be, or the key does not fit the certificate.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static LoadedCertificate Load(ReceivingTlsOptions options)
    {
        var password = options.Password.Length > 0 ? options.Password : null;
        return IsPfx(options)
            ? LoadPfx(options.CertificateFile, password)
            : LoadPem(options.CertificateFile, options.KeyFile.Length > 0 ? options.KeyFile : options.CertificateFile, password);
    }

    /// <summary>Whether certificate and key are in one PFX file; else they are PEM.</summary>
    public static bool IsPfx(ReceivingTlsOptions options) => Path.GetExtension(options.CertificateFile).ToUpperInvariant() is ".PFX" or ".P12";

    /// <summary>A hash over the contents of the configured files; changes when one of them does.</summary>
    public static string Fingerprint(ReceivingTlsOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in new[] { options.CertificateFile, options.KeyFile })
        {
            if (file.Length > 0)
                hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static LoadedCertificate LoadPem(string certificateFile, string keyFile, string? password)
    {
        var certificatePem = File.ReadAllText(certificateFile);
        var keyPem = File.ReadAllText(keyFile);
        var leaf = password is null
            ? X509Certificate2.CreateFromPem(certificatePem, keyPem)
            : X509Certificate2.CreateFromEncryptedPem(certificatePem, keyPem, password);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        return new LoadedCertificate(Usable(leaf), Others(chain, leaf.Thumbprint));
    }

    private static LoadedCertificate LoadPfx(string file, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, password, X509KeyStorageFlags.Exportable);
        var leaf = all.FirstOrDefault(c => c.HasPrivateKey)
            ?? throw new CryptographicException("the file holds no certificate with a private key");
        return new LoadedCertificate(leaf, Others(all, leaf.Thumbprint));
    }

    // On Windows, TLS cannot use a key that exists in memory only.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private static X509Certificate2Collection Others(X509Certificate2Collection all, string leaf) =>
        [.. all.Where(c => c.Thumbprint != leaf)];
}
