using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Mta.Node.Configuration;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Who gets in: tokens, client certificates, loopback while nothing is configured.</summary>
public sealed class AccessTests : IDisposable
{
    private readonly Workspace _workspace = new("access");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Probes_need_no_token_metrics_do_unless_they_are_open()
    {
        await using (ManagedNode closed = await ManagedNode.StartAsync(new NodeSettings(_workspace, "closed")))
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(closed, "/alive", null));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(closed, "/ready", null));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(closed, "/metrics", null));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(closed, "/metrics", ManagedNode.ViewerToken));
        }
        await using ManagedNode open = await ManagedNode.StartAsync(new NodeSettings(_workspace, "open").Set("management.openMetrics", true));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(open, "/metrics", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(open, "/api/v1/queues", null));
    }

    [Fact]
    public async Task A_refusal_is_a_problem_in_the_one_form_and_is_logged()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using HttpResponseMessage none = await node.SendAsync(HttpMethod.Get, "/api/v1/queues", null);
        Assert.Equal("Bearer realm=\"mta\"", none.Headers.WwwAuthenticate.Single().ToString());
        Assert.Equal(401, (await ProblemAsync(none)).GetProperty("status").GetInt32());
        using HttpResponseMessage wrong = await node.SendAsync(HttpMethod.Get, "/api/v1/queues", "mta_wrong");
        Assert.Contains("invalid_token", wrong.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        await node.Node.WaitAsync(() => Task.FromResult(node.Node.Log.Any(line => line.Contains("refused at /api/v1/queues: the token is unknown", StringComparison.Ordinal))));
        Assert.DoesNotContain(node.Node.Log, line => line.Contains("mta_wrong", StringComparison.Ordinal));
        using HttpResponseMessage missing = await node.SendAsync(HttpMethod.Get, "/no/such/path", ManagedNode.ViewerToken);
        Assert.Equal(404, (await ProblemAsync(missing)).GetProperty("status").GetInt32());
        using HttpResponseMessage bad = await node.SendAsync(HttpMethod.Get, "/api/v1/queues?limit=many", ManagedNode.ViewerToken);
        Assert.Equal(400, (await ProblemAsync(bad)).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Without_tokens_programs_on_this_machine_get_in_and_no_pages_of_other_sites()
    {
        await using RunningNode node = await RunningNode.StartAsync(new NodeSettings(_workspace));
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/api/v1/queues")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await WithHeaderAsync(node, "Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithHeaderAsync(node, "Origin", "https://attacker.example"));
        // A name of another's that was made to lead to 127.0.0.1.
        Assert.Equal(HttpStatusCode.Unauthorized, await WithHeaderAsync(node, "Host", "attacker.example"));
    }

    [Theory]
    [InlineData("management: {address: 0.0.0.0}", "management.address", "expected are management.tokens or management.clientCertificates")]
    [InlineData("management: {tokens: [{name: a, hash: secret}]}", "management.tokens[0].hash", "mtactl new-token")]
    [InlineData("management: {clientCertificates: {authoritiesFile: ca.pem, names: [{name: a}]}}", "management.clientCertificates.authoritiesFile", "tls.certificateFile")]
    [InlineData("management: {tls: {certificateFile: a.pem}}", "management.tls.keyFile", "private key")]
    public void What_would_leave_the_endpoint_open_or_closed_to_all_stops_the_start(string yaml, string key, string expected)
    {
        LoadedConfiguration loaded = ConfigurationLoader.Load(_workspace.Write("mta.yaml", yaml), new Dictionary<string, string>());
        ConfigProblem problem = Assert.Single(loaded.Problems, p => p.Key == key);
        Assert.Contains(expected, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_opens_by_a_name_that_stands_in_it()
    {
        using CertificateMaker maker = new(_workspace);
        NodeSettings settings = new NodeSettings(_workspace)
            .Set("management.tls", new { certificateFile = maker.ServerFile, keyFile = maker.ServerKeyFile })
            .Set("management.clientCertificates", new
            {
                authoritiesFile = maker.AuthorityFile,
                names = new[] { new { name = "dashboard.example.org", role = "viewer" }, new { name = "olga@example.org", role = "operator" } },
            });
        await using RunningNode node = RunningNode.Build(settings);
        await node.Host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, await OverTlsAsync(settings, "/alive", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await OverTlsAsync(settings, "/cluster/members", null));
        using X509Certificate2 known = maker.Issue("dashboard.example.org"), unknown = maker.Issue("stranger.example.org"), foreign = CertificateMaker.SelfSigned("dashboard.example.org");
        Assert.Equal(HttpStatusCode.OK, await OverTlsAsync(settings, "/cluster/members", known));
        Assert.Equal(HttpStatusCode.Unauthorized, await OverTlsAsync(settings, "/cluster/members", unknown));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => OverTlsAsync(settings, "/cluster/members", foreign));
    }

    private static async Task<HttpStatusCode> StatusAsync(ManagedNode node, string path, string? token)
    {
        using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, path, token);
        return answer.StatusCode;
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<HttpStatusCode> WithHeaderAsync(RunningNode node, string name, string value)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{node.Settings.ManagementPort}/api/v1/queues"));
        request.Headers.Add(name, value);
        using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> OverTlsAsync(NodeSettings settings, string path, X509Certificate2? certificate)
    {
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=node.test" };
        if (certificate is not null)
            handler.ClientCertificates.Add(certificate);
        using HttpClient http = new(handler);
        using HttpResponseMessage answer = await http.GetAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{settings.ManagementPort}{path}")), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>An authority, a server's certificate, and clients' certificates.</summary>
    private sealed class CertificateMaker : IDisposable
    {
        private readonly X509Certificate2 _authority;

        public CertificateMaker(Workspace workspace)
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new("CN=authority.test", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
            AuthorityFile = workspace.Write("authority.pem", _authority.ExportCertificatePem());
            using X509Certificate2 server = Make("node.test", null, "1.3.6.1.5.5.7.3.1");
            ServerFile = workspace.Write("server.pem", server.ExportCertificatePem());
            ServerKeyFile = workspace.Write("server-key.pem", server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }

        public string AuthorityFile { get; }

        public string ServerFile { get; }

        public string ServerKeyFile { get; }

        /// <summary>A client's certificate with a DNS name.</summary>
        public X509Certificate2 Issue(string name) => Make("client", name, "1.3.6.1.5.5.7.3.2");

        public static X509Certificate2 SelfSigned(string name)
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        }

        public void Dispose() => _authority.Dispose();

        private X509Certificate2 Make(string subject, string? dnsName, string usage)
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new($"CN={subject}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
            if (dnsName is not null)
            {
                SubjectAlternativeNameBuilder names = new();
                names.AddDnsName(dnsName);
                request.CertificateExtensions.Add(names.Build());
            }
            using X509Certificate2 bare = request.Create(_authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
            return bare.CopyWithPrivateKey(key);
        }
    }
}
