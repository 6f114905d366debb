using System.Security.Cryptography.X509Certificates;
using Mta.Cluster.Membership;
using Mta.Cluster.Tests.Spool;
using Mta.Testing;
using Xunit;

namespace Mta.Cluster.Tests.Membership;

/// <summary>Members that speak TLS with certificates of a private authority, and strangers.</summary>
[Collection("postgres")]
public sealed class MemberTlsTests(SharedPostgres shared) : IAsyncLifetime
{
    private readonly Workspace _files = new("member-tls");
    private readonly List<ClusterNode> _nodes = [];
    private readonly int[] _ports = [Loopback.FreePort(), Loopback.FreePort()];
    private PostgreSqlHarness _database = null!;

    public async ValueTask InitializeAsync() => _database = await PostgreSqlHarness.CreateAsync(shared.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        _files.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Members_with_certificates_of_the_authority_form_a_cluster(bool isMutual)
    {
        using var authority = Authority("our authority");
        await StartAsync(0, Tls(authority, "one", isMutual));
        await StartAsync(1, Tls(authority, "two", isMutual));
        await Eventually.IsSoAsync(() => _nodes.TrueForAll(n => n.Up.Count == 2 && n.IsReady), () => string.Join('\n', _nodes[1].Log.All));
        Assert.StartsWith("akka.ssl.tcp://", _nodes[0].Service<IClusterView>().Current.SelfNode, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_makes_no_member()
    {
        using var authority = Authority("our authority");
        using var stranger = Authority("our authority");
        await StartAsync(0, Tls(authority, "one"));
        // It would take the members for its own, if they would take it.
        var foreign = Tls(stranger, "two");
        foreign.AuthoritiesFile = Tls(authority, "one").AuthoritiesFile;
        await StaysOutAsync(foreign);
        Assert.Contains(_nodes[0].Log.All, l => l.Contains("is not of the cluster's authorities", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_without_a_certificate_is_no_member()
    {
        using var authority = Authority("our authority");
        await StartAsync(0, Tls(authority, "one"));
        await StaysOutAsync(new ClusterTlsOptions());
    }

    [Fact]
    public void What_is_missing_or_wrong_is_said()
    {
        using var authority = Authority("our authority");
        Assert.Empty(Tls(authority, "one").Check());
        Assert.Equal("authoritiesFile", Assert.Single(With(Tls(authority, "one"), t => t.AuthoritiesFile = "").Check()).Key);
        Assert.Equal("authoritiesFile", Assert.Single(With(Tls(authority, "one"), t => t.AuthoritiesFile = "none.pem").Check()).Key);
        Assert.Equal("authoritiesFile", Assert.Single(With(Tls(authority, "one"), t => t.CertificateFile = "").Check(), p => p.Key == "authoritiesFile").Key);
        Assert.Equal("certificateFile", Assert.Single(With(Tls(authority, "one"), t => t.CertificateFile = "none.pem").Check()).Key);
    }

    private async Task StaysOutAsync(ClusterTlsOptions tls)
    {
        await Eventually.IsSoAsync(() => _nodes[0].Up.Count == 1, () => "the first node is in no cluster");
        var outside = await StartAsync(1, tls);
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        Assert.Empty(outside.Up);
        Assert.Single(_nodes[0].Up);
    }

    private async Task<ClusterNode> StartAsync(int index, ClusterTlsOptions tls)
    {
        var options = ClusterNode.Options(_ports[index], _ports);
        options.Tls = tls;
        var node = new ClusterNode(_database.Options(), options);
        _nodes.Add(node);
        await node.StartAsync();
        return node;
    }

    private static ClusterTlsOptions With(ClusterTlsOptions options, Action<ClusterTlsOptions> change)
    {
        change(options);
        return options;
    }

    private static X509Certificate2 Authority(string name) => MemberFiles.Authority(name);

    private ClusterTlsOptions Tls(X509Certificate2 authority, string name, bool isMutual = true) => MemberFiles.Write(_files, authority, name, isMutual);
}
