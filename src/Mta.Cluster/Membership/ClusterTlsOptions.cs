using System.Security.Cryptography;
using Mta.Cluster.Receiving;

namespace Mta.Cluster.Membership;

/// <summary>TLS between the members. Either all members use it, or none.</summary>
public sealed class ClusterTlsOptions : IOptionsCheck
{
    /// <summary>
    /// PEM file with this node's certificate; or a PFX file (.pfx, .p12) with certificate and key. It is read at the start: a renewed one is taken by a restart of the node.
    /// Empty: no TLS between the members.
    /// </summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the private key. Empty: the key stands in certificateFile.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The password of the PFX file or of an encrypted PEM key. Empty: none.</summary>
    public string Password { get; set; } = "";

    /// <summary>
    /// PEM file with the authorities that members' certificates must come from, intermediate ones too. Whoever has a certificate of theirs may be a member, whatever its name: use an
    /// authority that serves this cluster and nothing else. The system's authorities do not count. The file is read again when it changes.
    /// </summary>
    public string AuthoritiesFile { get; set; } = "";

    /// <summary>Demand a certificate from whoever connects, too. False: only who is connected to shows one, so anybody who reaches the port may send what a member may.</summary>
    public bool Mutual { get; set; } = true;

    internal bool IsUsed => CertificateFile.Length > 0;

    internal ReceivingTlsOptions Files => new() { CertificateFile = CertificateFile, KeyFile = KeyFile, Password = Password };

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        foreach (var problem in Files.Check())
            yield return problem;
        if (IsUsed && AuthoritiesProblem() is { } authorities)
            yield return new OptionProblem("authoritiesFile", authorities);
        if (!IsUsed && AuthoritiesFile.Length > 0)
            yield return new OptionProblem("authoritiesFile", "authorities without certificateFile");
    }

    private string? AuthoritiesProblem()
    {
        const string Expected = "expected is a PEM file with the authorities of the members' certificates";
        if (AuthoritiesFile.Length == 0)
            return $"is empty; {Expected}";
        try
        {
            return MemberCertificates.ReadAuthorities(AuthoritiesFile).Count > 0 ? null : $"'{AuthoritiesFile}' holds no certificate; {Expected}";
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e is FileNotFoundException or DirectoryNotFoundException
                ? $"there is no file '{AuthoritiesFile}'; {Expected}"
                : $"'{AuthoritiesFile}' cannot be used: {e.Message}; {Expected}";
        }
    }
}
