using System.ComponentModel.DataAnnotations;
using Mta.Cluster;

namespace Mta.Node.Management.Access;

/// <summary>Client certificates: which authorities issue them, and who may do what by the names that stand in them.</summary>
public sealed class ClientCertificateOptions : IOptionsCheck
{
    /// <summary>The certificates of the authorities that issue client certificates, in PEM; no others count. Empty: no client certificate is asked for.</summary>
    public string AuthoritiesFile { get; set; } = "";

    /// <summary>The names that open the endpoint.</summary>
    public List<CertificateNameOptions> Names { get; set; } = [];

    /// <summary>True where client certificates are asked for.</summary>
    internal bool IsUsed() => AuthoritiesFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (Names.Count > 0 && AuthoritiesFile.Length == 0)
            yield return new OptionProblem("authoritiesFile", "is empty, but names are given; expected are the authorities that issue their certificates");
        if (Names.Count == 0 && AuthoritiesFile.Length > 0)
            yield return new OptionProblem("names", "is empty, so that no certificate would open the endpoint; expected is at least one name");
    }
}

/// <summary>A name that a client certificate has.</summary>
public sealed class CertificateNameOptions
{
    /// <summary>The subject's common name, or one of the alternative names (DNS name, mail address, URI) of the certificate; the audit log has it too.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary><c>viewer</c> may look, <c>operator</c> may act too.</summary>
    public ManagementRole Role { get; set; }
}
