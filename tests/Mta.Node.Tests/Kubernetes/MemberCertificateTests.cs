using System.Diagnostics;
using System.Text.RegularExpressions;
using Mta.Cluster.Membership;
using Mta.Testing;
using YamlDotNet.RepresentationModel;

namespace Mta.Node.Tests.Kubernetes;

/// <summary>What the document says about the Secret mta-members is so: the openssl commands make files that a node takes, and cert-manager would make the same.</summary>
public sealed partial class MemberCertificateTests : IDisposable
{
    private readonly Workspace _workspace = new("members");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void The_documented_commands_make_files_that_a_node_takes()
    {
        Assert.SkipUnless(Overlay.OnPath("openssl") is not null && Overlay.OnPath("bash") is not null, "openssl and bash are not installed");
        string folder = _workspace.Folder("certificate");
        string commands = Fenced("```bash\n");
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-euc", commands]) { WorkingDirectory = folder, RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);

        string[] keys = [.. FromFile().Matches(Document).Select(m => m.Groups[1].Value)];
        Assert.Equal(["tls.crt", "tls.key", "ca.crt"], keys);
        Assert.All(keys, key => Assert.True(File.Exists(Path.Combine(folder, key)), key));
        ClusterTlsOptions options = new()
        {
            CertificateFile = Path.Combine(folder, "tls.crt"),
            KeyFile = Path.Combine(folder, "tls.key"),
            AuthoritiesFile = Path.Combine(folder, "ca.crt"),
        };
        Assert.Empty(options.Check());
        Assert.Null(MemberCertificates.ProblemsOf(new MemberCertificates(options).Own, MemberCertificates.ReadAuthorities(options.AuthoritiesFile), []));
    }

    [Fact]
    public void The_documented_objects_of_cert_manager_make_the_secret_that_is_mounted()
    {
        YamlStream yaml = [];
        yaml.Load(new StringReader(Fenced("```yaml\napiVersion: cert-manager.io")));
        Dictionary<string, YamlNode> certificates = yaml.Documents.Select(d => d.RootNode).Where(o => Text(o["kind"]) == "Certificate").ToDictionary(o => Text(o["metadata"]["name"]));
        Dictionary<string, YamlNode> issuers = yaml.Documents.Select(d => d.RootNode).Where(o => Text(o["kind"]) == "Issuer").ToDictionary(o => Text(o["metadata"]["name"]));
        YamlNode member = certificates["mta-members"]["spec"];
        Assert.Equal("mta-members", Text(member["secretName"]));
        string authority = Text(issuers[Text(member["issuerRef"]["name"])]["spec"]["ca"]["secretName"]);
        YamlNode issued = certificates.Values.Single(c => Text(c["spec"]["secretName"]) == authority)["spec"];
        Assert.Equal("true", Text(issued["isCA"]));
        Assert.True(issuers.ContainsKey(Text(issued["issuerRef"]["name"])));
        // Renewed before a node would warn, and the authority outlives what it signs.
        Assert.True(Hours(member["renewBefore"]) > 30 * 24);
        Assert.True(Hours(issued["duration"]) > 2 * Hours(member["duration"]));
    }

    private static string Document => Repository.Read("k8s/README.md");

    private static string Fenced(string start)
    {
        int at = Document.IndexOf(start, StringComparison.Ordinal);
        Assert.True(at >= 0, $"k8s/README.md has no block that begins with {start}");
        int first = Document.IndexOf('\n', at) + 1;
        return Document[first..Document.IndexOf("```", first, StringComparison.Ordinal)];
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static int Hours(YamlNode node) => int.Parse(Text(node).TrimEnd('h'), System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"--from-file=(\S+)")]
    private static partial Regex FromFile();
}
