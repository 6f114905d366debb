using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mta.Cluster;
using Mta.Node.Configuration;
using Mta.Node.Management;

namespace Mta.Node.Start;

/// <summary>Whether the files that the management endpoint names can be what they are named as.</summary>
internal static class ManagementCheck
{
    /// <summary>What is wrong, key by key.</summary>
    public static IEnumerable<ConfigProblem> Of(LoadedConfiguration configuration)
    {
        ManagementOptions management = configuration.Options.Management;
        if (!configuration.Options.Cluster.Roles.Contains(ClusterRoles.Management))
            yield break;
        if (management.Tls is { CertificateFile.Length: > 0, KeyFile.Length: > 0 } tls
            && Problem(() => X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile).Dispose()) is { } own)
            yield return configuration.Problem("management.tls.certificateFile", own);
        if (management.ClientCertificates.IsUsed() && Problem(() => new X509Certificate2Collection().ImportFromPemFile(management.ClientCertificates.AuthoritiesFile)) is { } authorities)
            yield return configuration.Problem("management.clientCertificates.authoritiesFile", authorities);
    }

    private static string? Problem(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"cannot be used: {e.Message.ReplaceLineEndings(" ")}; expected is PEM";
        }
    }
}
