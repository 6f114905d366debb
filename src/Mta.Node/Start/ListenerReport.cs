using System.Net;
using Mta.Cluster;
using Mta.Cluster.Receiving;
using Mta.Node.Configuration;
using Mta.Node.Management;
using Mta.Protocol.Smtp.Server;

namespace Mta.Node.Start;

/// <summary>Where a node listens, a line each.</summary>
internal static class ListenerReport
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(NodeConfiguration options)
    {
        ReceivingOptions receiving = options.Receiving;
        if (options.Cluster.Roles.Contains(ClusterRoles.Ingress))
        {
            foreach (ListenerOptions listener in receiving.Listeners)
                yield return Line(listener.EffectiveName, listener.Address, listener.Port, Demands(listener, receiving));
            if (receiving.Listeners.Count > 0 && receiving.Tls.Enabled)
                yield return $"certificate: {Certificate(receiving.Tls, options.Node.DataDirectory)}";
        }
        if (options.Cluster.Roles.Contains(ClusterRoles.Management))
            yield return Line("management", options.Management.Address.ToString(), options.Management.Port, LogIn(options.Management));
        yield return Line("cluster", options.Cluster.Host, options.Cluster.Port, Members(options.Cluster));
    }

    private static string LogIn(ManagementOptions management)
    {
        string scheme = management.Tls.IsUsed() ? "HTTPS" : "HTTP";
        return management.IsOpen()
            ? $"{scheme}, no log-in"
            : $"{scheme}, {management.Tokens.Count} tokens, {management.ClientCertificates.Names.Count} certificate names";
    }

    private static string Members(ClusterOptions cluster) => cluster switch
    {
        { StatefulSet.Service: { Length: > 0 } service } => $"pods of a StatefulSet, service {service}, {cluster.StatefulSet.Seeds} seeds",
        { Seeds.Count: > 0 } => $"seeds {string.Join(", ", cluster.Seeds)}",
        _ => "a cluster of its own",
    };

    private static string Line(string name, string address, int port, string what) => $"{name,-12} {Place(address, port),-22} {what}";

    private static string Place(string address, int port)
    {
        string number = port == 0 ? "any free port" : $"port {port}";
        return IPAddress.TryParse(address, out IPAddress? ip) && port > 0 ? new IPEndPoint(ip, port).ToString() : $"{address}, {number}";
    }

    private static string Demands(ListenerOptions listener, ReceivingOptions receiving) =>
        $"{ConfigPath.Spelling(listener.Kind.ToString())}: {Tls(listener, receiving)}, {Authentication(listener, receiving)}";

    private static string Tls(ListenerOptions listener, ReceivingOptions receiving) => listener.Kind switch
    {
        ListenerKind.Submissions => "TLS from the first byte",
        ListenerKind.Submission => "TLS required",
        _ when listener.RequireTls => "TLS required",
        _ => receiving.Tls.Enabled ? "TLS offered" : "no TLS",
    };

    private static string Authentication(ListenerOptions listener, ReceivingOptions receiving)
    {
        if (listener.Kind != ListenerKind.Relay || listener.RequireAuthentication)
            return "AUTH required";
        return receiving.Users.Count > 0 ? "AUTH offered" : "no AUTH";
    }

    private static string Certificate(ReceivingTlsOptions tls, string dataDirectory) => tls.CertificateFile.Length > 0
        ? tls.CertificateFile
        : $"self-signed, made at the first start in {Path.Combine(dataDirectory, "tls")}";
}
