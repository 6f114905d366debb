using Mta.Node.Configuration;
using Mta.Node.Start;
using Mta.Testing;

namespace Mta.Node.Tests.Start;

/// <summary>What <c>--check</c> prints: all that a configuration gives, and no secret.</summary>
public sealed class CheckReportTests : IDisposable
{
    private const string Yaml = """
        node:
          hostName: mx.example.com
          dataDirectory: /nowhere
        cluster: {roles: [ingress, queue, egress]}
        receiving:
          listeners:
          - {address: "::", port: 0}
          - {name: users, kind: submissions, port: 3465}
          users: {tim: "SCRAM-SHA-256$4096:c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
        queues:
          partitions: 4
          retry: {first: 1m, max: 1h, expire: 3h, delayWarning: 30m}
          domains:
            hot.example: {lanes: 4}
            "*.slow.example": {first: 1h, jitter: 0}
        delivery:
          routes:
          - {domains: ["*"], hosts: ["smtp.example.net:587", "10.0.0.1"], user: me, password: hunter2, tls: verify}
          - {domains: ["*.local.example", local.example], via: lmtpSocket, path: /run/lmtp}
          - {domains: [far.local.example], via: mx, tls: require}
          sites: {mx.big.example: {maxConnections: 5}}
        """;

    private const string Report = """
        configuration file mta.yaml

        Set keys (all others have their defaults)
          node.hostName = mx.example.com   [mta.yaml:2:13]
          node.dataDirectory = DATA   [mta.yaml:3:18]
          cluster.roles[0] = ingress   [mta.yaml:4:19]
          cluster.roles[1] = queue   [mta.yaml:4:28]
          cluster.roles[2] = egress   [mta.yaml:4:35]
          receiving.listeners[0].address = ::   [mta.yaml:7:15]
          receiving.listeners[0].port = 0   [mta.yaml:7:27]
          receiving.listeners[1].name = users   [mta.yaml:8:12]
          receiving.listeners[1].kind = submissions   [mta.yaml:8:25]
          receiving.listeners[1].port = 3465   [mta.yaml:8:44]
          receiving.users.tim = (hidden)   [mta.yaml:9:16]
          queues.partitions = 4   [mta.yaml:11:15]
          queues.retry.first = 1m   [mta.yaml:12:18]
          queues.retry.max = 1h   [mta.yaml:12:27]
          queues.retry.expire = 3h   [mta.yaml:12:39]
          queues.retry.delayWarning = 30m   [mta.yaml:12:57]
          queues.domains.hot.example.lanes = 4   [mta.yaml:14:26]
          queues.domains.*.slow.example.first = 1h   [mta.yaml:15:31]
          queues.domains.*.slow.example.jitter = 0   [mta.yaml:15:43]
          delivery.routes[0].domains[0] = *   [mta.yaml:18:16]
          delivery.routes[0].hosts[0] = smtp.example.net:587   [mta.yaml:18:30]
          delivery.routes[0].hosts[1] = 10.0.0.1   [mta.yaml:18:54]
          delivery.routes[0].tls = verify   [mta.yaml:18:101]
          delivery.routes[0].user = me   [mta.yaml:18:73]
          delivery.routes[0].password = (hidden)   [mta.yaml:18:87]
          delivery.routes[1].domains[0] = *.local.example   [mta.yaml:19:16]
          delivery.routes[1].domains[1] = local.example   [mta.yaml:19:35]
          delivery.routes[1].via = lmtpSocket   [mta.yaml:19:56]
          delivery.routes[1].path = /run/lmtp   [mta.yaml:19:74]
          delivery.routes[2].domains[0] = far.local.example   [mta.yaml:20:16]
          delivery.routes[2].via = mx   [mta.yaml:20:41]
          delivery.routes[2].tls = require   [mta.yaml:20:50]
          delivery.sites.mx.big.example.maxConnections = 5   [mta.yaml:21:44]

        Listeners
          relay        ::, any free port      relay: TLS offered, AUTH offered
          users        127.0.0.1:3465         submissions: TLS from the first byte, AUTH required
          certificate: self-signed, made at the first start in DATA/tls
          cluster      127.0.0.1:4053         a cluster of its own

        Database
          sqlite: DATA/spool.db (spool), DATA/journal.db (journal)
          4 partitions, fixed when the database is created

        Routes, in the order in which they match
          far.local.example              SMTP by MX, port 25, TLS require
          local.example                  LMTP to the socket /run/lmtp
          *.local.example                LMTP to the socket /run/lmtp
          *                              SMTP to smtp.example.net:587, then 10.0.0.1, TLS verify, AUTH as me

        Limits
          receiving.limits.commandLineBytes = 2KB
          receiving.limits.textLineBytes = 1000
          receiving.limits.messageBytes = 100MB
          receiving.limits.recipientsPerMessage = 1000
          receiving.limits.messagesPerSession = 1000
          receiving.limits.errorsPerSession = 20
          receiving.limits.authenticationFailuresPerSession = 3
          receiving.limits.receivedFields = 50
          receiving.limits.idleTimeout = 5m
          receiving.limits.sessionTimeout = 2h
          receiving.limits.handshakeTimeout = 30s
          receiving.limits.spoolTimeout = 30s
          receiving.limits.drainTimeout = 20s
          receiving.limits.sessionsPerAddress = 200
          receiving.limits.sessions = 5000
          receiving.limits.backlog = 512
          delivery.maxConnectionsPerNode = 2000
          delivery.limits.maxConnections = 20
          delivery.limits.messagesPerConnection = 100
          delivery.limits.batchSize = 10
          delivery.limits.idleTimeout = 10s
          delivery.limits.unreachablePause = 1m
          delivery.limits.unreachablePauseMax = 15m
          delivery.sites.mx.big.example.maxConnections = 5
          management.maxConnections = 100

        Retry schedule, all domains (each wait may be longer or shorter by 0.1 of it)
            1  0s
            2  1m         +1m
            3  3m         +2m
            4  7m         +4m
            5  15m        +8m
            6  31m        +16m      delay warning
            7  1h3m       +32m
            8  2h3m       +1h
            9  3h         +57m      returned where this fails

        Retry schedule, hot.example, 4 lanes
          as for all domains

        Retry schedule, *.slow.example
            1  0s
            2  1h         +1h       delay warning
            3  2h         +1h
            4  3h         +1h       returned where this fails

        configuration is valid
        """;

    private readonly Workspace _workspace = new("check");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_check_prints_all_that_the_configuration_gives()
    {
        (int code, string[] output, string[] errors) = await Check.RunAsync(_workspace, Yaml.Replace("/nowhere", _workspace.At("DATA"), StringComparison.Ordinal));
        Assert.Equal([""], errors);
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Equal(Report, string.Join('\n', output.Where(line => !line.StartsWith("note:", StringComparison.Ordinal))));
    }

    [Fact]
    public void Without_a_file_the_defaults_are_shown_with_what_the_environment_sets()
    {
        using StringWriter output = new();
        CheckReport.Write(ConfigurationLoader.Load(null, new Dictionary<string, string> { ["MTA__DNS__RETRIES"] = "3" }), output);
        string text = output.ToString();
        Assert.StartsWith("no configuration file; defaults and environment variables", text, StringComparison.Ordinal);
        Assert.Contains("  dns.retries = 3   [environment variable MTA__DNS__RETRIES]", text, StringComparison.Ordinal);
        Assert.Contains("  relay        127.0.0.1:2525         relay: TLS offered, no AUTH", text, StringComparison.Ordinal);
        Assert.Contains("  any other                      SMTP by MX, port 25, TLS opportunistic", text, StringComparison.Ordinal);
        Assert.Contains("   36  5d         +2h45m    returned where this fails", text, StringComparison.Ordinal);
    }
}
