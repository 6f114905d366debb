using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Mta.Protocol.Authentication;

namespace Mta.Node.Management.Access;

/// <summary>Who may do what, by token and by certificate.</summary>
internal sealed class AccessTable(ManagementOptions options)
{
    /// <summary>The name of whoever comes over loopback to an endpoint without log-in.</summary>
    public const string Local = "local";

    /// <summary>True where nobody has to log in.</summary>
    public bool IsOpen { get; } = options.IsOpen();

    /// <summary>The holder of a token; null where it is none of ours. Every token is compared, so that the time tells nothing.</summary>
    public ClaimsPrincipal? ByToken(string token)
    {
        ManagementTokenOptions? found = null;
        foreach (ManagementTokenOptions known in options.Tokens)
        {
            if (BearerToken.Matches(known.Hash, token))
                found ??= known;
        }
        return found is null ? null : Principal(found.Name, found.Role, "token");
    }

    /// <summary>The holder of a certificate whose chain has been checked; null where none of its names is known. The greatest of its rights counts.</summary>
    public ClaimsPrincipal? ByCertificate(X509Certificate2 certificate)
    {
        HashSet<string> names = [.. CertificateNames.Of(certificate)];
        CertificateNameOptions? known = options.ClientCertificates.Names.Where(n => names.Contains(n.Name)).MaxBy(n => n.Role);
        return known is null ? null : Principal(known.Name, known.Role, "certificate");
    }

    /// <summary>Whoever comes over loopback while nothing is configured.</summary>
    public static ClaimsPrincipal OverLoopback() => Principal(Local, ManagementRole.Operator, "loopback");

    private static ClaimsPrincipal Principal(string name, ManagementRole role, string by)
    {
        List<Claim> claims = [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, AccessPolicy.Viewer)];
        if (role == ManagementRole.Operator)
            claims.Add(new Claim(ClaimTypes.Role, AccessPolicy.Operator));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, by));
    }
}
