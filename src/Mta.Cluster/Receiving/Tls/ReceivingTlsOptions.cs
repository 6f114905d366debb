using System.Security.Cryptography;

namespace Mta.Cluster.Receiving;

/// <summary>The certificate of the listeners. Its files are read again when they change.</summary>
public sealed class ReceivingTlsOptions : IOptionsCheck
{
    /// <summary>
    /// PEM file with the certificate and its chain, the certificate first; or a PFX file (.pfx, .p12) with all of it. Empty: a self-signed certificate is made in the
    /// data directory at the first start.
    /// </summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the private key. Empty: the key stands in certificateFile.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The password of the PFX file or of an encrypted PEM key. Empty: none.</summary>
    public string Password { get; set; } = "";

    /// <summary>False to offer no STARTTLS on relay listeners.</summary>
    public bool Enabled { get; set; } = true;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (CertificateFile.Length == 0)
        {
            if (KeyFile.Length > 0)
                yield return new OptionProblem("keyFile", "a key without certificateFile");
            yield break;
        }
        foreach (var (key, file) in new[] { ("certificateFile", CertificateFile), ("keyFile", KeyFile) })
        {
            if (file.Length > 0 && !File.Exists(file))
                yield return new OptionProblem(key, $"there is no file '{file}'");
        }
        if (File.Exists(CertificateFile) && (KeyFile.Length == 0 || File.Exists(KeyFile)) && LoadProblem() is { } problem)
            yield return new OptionProblem("certificateFile", problem);
    }

    private string? LoadProblem()
    {
        try
        {
            using var loaded = CertificateFiles.Load(this);
            return null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"cannot be used: {e.Message}";
        }
    }
}
