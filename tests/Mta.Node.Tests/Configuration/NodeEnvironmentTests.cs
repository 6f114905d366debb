using Mta.Cluster.Delivery;
using Mta.Cluster.Receiving;
using Mta.Cluster.Spool;
using Mta.Node.Configuration;
using Mta.Protocol.Smtp.Server;

namespace Mta.Node.Tests.Configuration;

/// <summary>Environment variables over the node's own sections, as a container sets them.</summary>
public class NodeEnvironmentTests
{
    private static LoadedConfiguration Load(params (string Name, string Value)[] variables) =>
        ConfigurationLoader.Load(null, variables.ToDictionary(v => v.Name, v => v.Value));

    private static NodeConfiguration Good(params (string Name, string Value)[] variables)
    {
        LoadedConfiguration loaded = Load(variables);
        Assert.Empty(loaded.Problems);
        return loaded.Options;
    }

    [Fact]
    public void The_database_is_set_by_variables_and_its_password_is_never_printed()
    {
        LoadedConfiguration loaded = Load(
            ("MTA__SPOOL__DATABASE", "postgresql"), ("MTA__SPOOL__CONNECTIONSTRING", "Host=db;Username=mta;Password=hunter2"),
            ("MTA__SPOOL__CACHEBYTES", "1GB"), ("MTA__SPOOL__COMMITDELAY", "2ms"), ("MTA__CLUSTER__SEEDS__0", "mta-0.mta:4053"));
        Assert.Empty(loaded.Problems);
        SpoolOptions spool = loaded.Options.Spool;
        Assert.Equal((SpoolDatabaseKind.PostgreSql, "Host=db;Username=mta;Password=hunter2"), (spool.Database, spool.ConnectionString));
        Assert.Equal((1L << 30, TimeSpan.FromMilliseconds(2)), (spool.CacheBytes, spool.CommitDelay));
        Assert.Contains(("spool.connectionString", "(hidden)"), EffectiveKeys.Of(loaded));
    }

    [Fact]
    public void Listeners_users_and_limits_are_set_by_variables()
    {
        const string Secret = "SCRAM-SHA-256$4096:c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        ReceivingOptions receiving = Good(
            ("MTA__RECEIVING__LISTENERS__0__ADDRESS", "0.0.0.0"), ("MTA__RECEIVING__LISTENERS__0__PORT", "25"),
            ("MTA__RECEIVING__LISTENERS__1__KIND", "submissions"), ("MTA__RECEIVING__LISTENERS__1__PORT", "465"),
            ("MTA__RECEIVING__USERS__tim", Secret), ("MTA__RECEIVING__LIMITS__MESSAGEBYTES", "10MB"), ("MTA__RECEIVING__LOCALDOMAINS__0", "example.org")).Receiving;
        Assert.Equal(
            [("0.0.0.0", 25, ListenerKind.Relay), ("127.0.0.1", 465, ListenerKind.Submissions)],
            receiving.Listeners.Select(l => (l.Address, l.Port, l.Kind)));
        Assert.Equal((Secret, 10L << 20, "example.org"), (receiving.Users["tim"], receiving.Limits.MessageBytes, receiving.LocalDomains[0]));
    }

    [Fact]
    public void Routes_and_domains_are_set_by_variables()
    {
        NodeConfiguration options = Good(
            ("MTA__DELIVERY__ROUTES__0__DOMAINS__0", "*"), ("MTA__DELIVERY__ROUTES__0__HOSTS__0", "smtp.example.net:587"), ("MTA__DELIVERY__ROUTES__0__TLS", "verify"),
            ("MTA__DELIVERY__SITES__mx.example.com__MAXCONNECTIONS", "3"), ("MTA__QUEUES__DOMAINS__example.com__JITTER", "0.25"), ("MTA__QUEUES__RETRY__FIRST", "2s"));
        RouteOptions route = Assert.Single(options.Delivery.Routes);
        Assert.Equal(("*", "smtp.example.net:587", TlsPolicy.Verify), (route.Domains[0], route.Hosts[0], route.Tls));
        Assert.Equal(3, options.Delivery.Sites["mx.example.com"].MaxConnections);
        Assert.Equal((0.25, TimeSpan.FromSeconds(2)), (options.Queues.Domains["example.com"].Jitter, options.Queues.Retry.First));
    }

    [Theory]
    [InlineData("MTA__SPOOL__DATABASE", "oracle", "spool.database: 'oracle' where one of sqlite, postgreSql, sqlServer is expected")]
    [InlineData("MTA__RECEIVING__LISTENERS__0__PORT", "smtp", "receiving.listeners[0].port: 'smtp' where a whole number is expected")]
    [InlineData("MTA__RECEIVING__LIMITS__SESSIONS", "0", "receiving.limits.sessions: 0 is out of range; expected 1 to 1000000")]
    [InlineData("MTA__RECEIVING__TLS__CERTIFICATFILE", "x", "receiving.tls.CERTIFICATFILE: unknown key; did you mean 'certificateFile'?")]
    [InlineData("MTA__RECEIVING__TLS__CERTIFICATEFILE", "/nowhere/x.pem", "receiving.tls.certificateFile: there is no file '/nowhere/x.pem'; expected is a PEM file with the certificate first, or a PFX file")]
    public void A_mistake_names_the_variable(string name, string value, string expected) =>
        Assert.Contains($"environment variable {name}: {expected}", Load((name, value)).Problems.Select(p => p.ToString()));
}
