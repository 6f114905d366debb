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
        var certificate = ReadProblem(CertificateFile);
        var key = KeyFile.Length > 0 ? ReadProblem(KeyFile) : null;
        if (certificate is not null)
            yield return new OptionProblem("certificateFile", $"{certificate}; expected is a PEM file with the certificate first, or a PFX file");
        if (key is not null)
            yield return new OptionProblem("keyFile", $"{key}; expected is a PEM file with the certificate's private key");
        if (certificate is null && key is null && LoadProblem() is { } problem)
            yield return new OptionProblem("certificateFile", problem);
    }

    private static string? ReadProblem(string file)
    {
        try
        {
            using var readable = File.OpenRead(file);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"there is no file '{file}'";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"'{file}' cannot be read: {e.Message}";
        }
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
            return $"'{CertificateFile}' cannot be used: {e.Message}; expected is {Expected}";
        }
    }

    private string Expected => CertificateFiles.IsPfx(this)
        ? "a PFX file with certificate and private key, and its password"
        : "a certificate in PEM with its private key, which may stand in keyFile";
}
