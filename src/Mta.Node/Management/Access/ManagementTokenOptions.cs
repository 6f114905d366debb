using System.ComponentModel.DataAnnotations;
using Mta.Cluster;
using Mta.Protocol.Authentication;

namespace Mta.Node.Management.Access;

/// <summary>A bearer token: who holds it, and what it is good for.</summary>
public sealed class ManagementTokenOptions : IOptionsCheck
{
    /// <summary>Whose it is, as the audit log names them.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary><c>viewer</c> may look, <c>operator</c> may act too.</summary>
    public ManagementRole Role { get; set; }

    /// <summary>The token's hash, <c>sha256:</c> and 64 hexadecimal digits, as <c>mtactl new-token</c> prints it; never the token itself.</summary>
    [Required]
    public string Hash { get; set; } = "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (Hash.Length > 0 && !BearerToken.IsHash(Hash))
            yield return new OptionProblem("hash", "is no hash of a token; expected sha256: and 64 hexadecimal digits, as 'mtactl new-token' prints them");
    }
}
