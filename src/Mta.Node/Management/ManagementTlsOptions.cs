using Mta.Cluster;

namespace Mta.Node.Management;

/// <summary>TLS on the management endpoint.</summary>
public sealed class ManagementTlsOptions : IOptionsCheck
{
    /// <summary>The endpoint's certificate and what else of its chain is sent, in PEM. Empty: plain HTTP. Changed files are taken without a restart.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The certificate's private key, in PEM.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>True where the endpoint speaks TLS.</summary>
    internal bool IsUsed() => CertificateFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (CertificateFile.Length > 0 && KeyFile.Length == 0)
            yield return new OptionProblem("keyFile", "is empty, but certificateFile is set; expected is the certificate's private key");
        if (CertificateFile.Length == 0 && KeyFile.Length > 0)
            yield return new OptionProblem("certificateFile", "is empty, but keyFile is set; expected is the certificate");
    }
}
