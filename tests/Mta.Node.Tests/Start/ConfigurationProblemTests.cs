using System.Net;
using System.Net.Sockets;
using Mta.Node.Start;
using Mta.Testing;

namespace Mta.Node.Tests.Start;

/// <summary>What stops a start, with file, line, column, key, what is wrong and what is expected.</summary>
public sealed class ConfigurationProblemTests : IDisposable
{
    private readonly Workspace _workspace = new("config");

    public void Dispose() => _workspace.Dispose();

    private async Task<string[]> ErrorsAsync(string yaml)
    {
        (int code, _, string[] errors) = await Check.RunAsync(_workspace, yaml.Replace("$DIR", _workspace.Path, StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Configuration, code);
        return errors;
    }

    [Theory]
    // An unknown key, at each depth.
    [InlineData("reciving: {}", "mta.yaml:1:1: reciving: unknown key; did you mean 'receiving'?")]
    [InlineData("spool:\n  conectionString: x", "mta.yaml:2:3: spool.conectionString: unknown key; did you mean 'connectionString'?")]
    [InlineData("receiving:\n  listeners:\n  - prot: 25", "mta.yaml:3:5: receiving.listeners[0].prot: unknown key; did you mean 'port'?")]
    [InlineData("queues:\n  domains:\n    example.com: {frist: 1m}", "mta.yaml:3:19: queues.domains.example.com.frist: unknown key; did you mean 'first'?")]
    // A wrong type.
    [InlineData("spool:\n  database: oracle", "mta.yaml:2:13: spool.database: 'oracle' where one of sqlite, postgreSql, sqlServer is expected")]
    [InlineData("spool:\n  cacheBytes: lots", "mta.yaml:2:15: spool.cacheBytes: 'lots' where a size such as 4096, 256KB or 100MB is expected")]
    [InlineData("receiving:\n  listeners: 25", "mta.yaml:2:14: receiving.listeners: a single value where a list is expected")]
    [InlineData("receiving:\n  listeners:\n  - port: smtp", "mta.yaml:3:11: receiving.listeners[0].port: 'smtp' where a whole number is expected")]
    [InlineData("receiving:\n  localDomains: [~]", "mta.yaml:2:18: receiving.localDomains[0]: no value; expected text")]
    [InlineData("receiving:\n  users:\n    tim:", "mta.yaml:3:9: receiving.users.tim: no value; expected text")]
    [InlineData("delivery:\n  routes:\n  - {domains: [a.example], via: mx, tls: always}", "mta.yaml:3:42: delivery.routes[0].tls: 'always' where one of opportunistic, none, require, verify, implicit is expected")]
    [InlineData("delivery:\n  routes:\n  - {domains: [a.example], hosts: [[x]]}", "mta.yaml:3:36: delivery.routes[0].hosts[0]: a list where text is expected")]
    // Out of range.
    [InlineData("receiving:\n  limits:\n    messageBytes: 5GB", "mta.yaml:3:19: receiving.limits.messageBytes: 5GB is out of range; expected 64KB to 4GB")]
    [InlineData("queues:\n  domains:\n    example.com: {jitter: 0.7}", "mta.yaml:3:27: queues.domains.example.com.jitter: 0.7 is out of range; expected 0 to 0.5")]
    // What does not go together, within a section and across.
    [InlineData("receiving:\n  listeners:\n  - {kind: submission, port: 587}", "mta.yaml:3:12: receiving.listeners[0].kind: this listener requires AUTH, which needs users, and there are none under receiving.users")]
    [InlineData("receiving:\n  hostName: not a name", "mta.yaml:2:13: receiving.hostName: 'not a name' is no host name; expected the form mx.example.com")]
    [InlineData("node:\n  hostName: \"a\\r\\nb\"", "mta.yaml:2:13: node.hostName: 'a\\x0d\\x0ab' is no host name; expected the form mx.example.com")]
    [InlineData("queues:\n  domains:\n    not a domain: {lanes: 2}", "mta.yaml:3:5: queues.domains.not a domain: expected a domain in A-labels, *. and a domain, or an address literal in brackets")]
    [InlineData("spool:\n  database: postgresql", "mta.yaml:1:1: spool.connectionString: is empty; PostgreSql needs one")]
    [InlineData("spool:\n  connectionString: Host=db", "mta.yaml:2:21: spool.connectionString: is set, but database is sqlite, which takes a file; set database or remove it")]
    [InlineData("spool:\n  database: postgresql\n  connectionString: Username=mta", "mta.yaml:3:21: spool.connectionString: names no server; expected the form Host=db.example;Username=mta;Password=…;Database=mta")]
    [InlineData("spool:\n  database: sqlserver\n  connectionString: Server", "mta.yaml:3:21: spool.connectionString: cannot be read: Format of the initialization string does not conform to specification starting at index 0.; expected the form Server=db.example;User ID=mta;Password=…;Database=mta")]
    [InlineData("spool:\n  file: journal.db", "mta.yaml:2:9: spool.file: 'journal.db' is the journal's file; expected is another name")]
    [InlineData("cluster:\n  seeds: [mta-0.mta:4053, mta-1.mta:4053]", "mta.yaml:2:3: cluster.seeds: names members to join, but spool.database is sqlite, which serves a single node; expected postgreSql or sqlServer there, or no seeds here")]
    [InlineData("cluster:\n  statefulSet: {service: mta-nodes, podName: mta-0}", "mta.yaml:2:26: cluster.statefulSet.service: makes this node one of several, but spool.database is sqlite, which serves a single node; expected postgreSql or sqlServer there, or no service here")]
    [InlineData("spool: {database: postgreSql, connectionString: Host=db}\ncluster:\n  statefulSet: {service: mta-nodes, podName: mta}", "mta.yaml:3:46: cluster.statefulSet.podName: 'mta' ends in no ordinal; expected the form mta-0")]
    [InlineData("cluster:\n  downing: oldest", "mta.yaml:2:12: cluster.downing: 'oldest' where one of leaseMajority, keepMajority is expected")]
    [InlineData("cluster:\n  tls:\n    authoritiesFile: ca.pem", "mta.yaml:3:22: cluster.tls.authoritiesFile: authorities without certificateFile")]
    [InlineData("cluster:\n  roles: [queue, egress]", "mta.yaml:2:3: cluster.roles: this node would listen nowhere but for the other members; add management, or ingress with a listener")]
    [InlineData("receiving:\n  listeners:\n  - port: 2526\n  - port: 2526", "mta.yaml:4:11: receiving.listeners[1].port: 127.0.0.1 port 2526 is taken by receiving.listeners[0].port")]
    [InlineData("receiving:\n  listeners:\n  - {port: 2526, address: 0.0.0.0}\n  - port: 2526", "mta.yaml:4:11: receiving.listeners[1].port: 127.0.0.1 port 2526 is taken by receiving.listeners[0].port")]
    [InlineData("receiving:\n  listeners:\n  - {port: 8558, address: '::'}", "built-in defaults: management.port: 127.0.0.1 port 8558 is taken by receiving.listeners[0].port")]
    [InlineData("node:\n  shutdownTimeout: 30s", "mta.yaml:2:20: node.shutdownTimeout: 30s is shorter than receiving.limits.drainTimeout and cluster.drainTimeout together; expected at least 40s")]
    // Certificates.
    [InlineData("receiving:\n  tls:\n    certificateFile: $DIR/none.pem", "mta.yaml:3:22: receiving.tls.certificateFile: there is no file 'none.pem'; expected is a PEM file with the certificate first, or a PFX file")]
    [InlineData("receiving:\n  tls:\n    keyFile: key.pem", "mta.yaml:3:14: receiving.tls.keyFile: a key without certificateFile")]
    // Wrong paths.
    [InlineData("node:\n  akkaConfigFile: $DIR/none.conf", "mta.yaml:2:19: node.akkaConfigFile: there is no file 'none.conf'")]
    [InlineData("delivery:\n  authoritiesFile: $DIR/none", "mta.yaml:2:20: delivery.authoritiesFile: there is no file 'none'")]
    [InlineData("delivery:\n  authoritiesFile: $DIR/mta.yaml", "mta.yaml:2:20: delivery.authoritiesFile: 'mta.yaml' holds no certificate; expected are the authorities' certificates in PEM")]
    [InlineData("delivery:\n  routes:\n  - {domains: [a.example], via: maildir, path: mail}", "mta.yaml:3:48: delivery.routes[0].path: an absolute path is expected for via: maildir")]
    [InlineData("delivery:\n  routes:\n  - {domains: [a.example], hosts: [h], user: u, passwordFile: $DIR/none}", "mta.yaml:3:63: delivery.routes[0].passwordFile: there is no file 'none'")]
    [InlineData("delivery:\n  routes:\n  - {domains: [a.example], via: lmtpSocket, path: $DIR/.}", "mta.yaml:3:51: delivery.routes[0].path: '.' is a directory; expected is the socket of an LMTP server")]
    public async Task One_problem(string yaml, string expected) =>
        Assert.Equal([expected], await ErrorsAsync(yaml));

    [Fact]
    public async Task A_certificate_that_is_none_is_named_with_what_is_expected()
    {
        _workspace.Write("bad.pem", "no certificate");
        string error = Assert.Single(await ErrorsAsync("receiving:\n  tls:\n    certificateFile: $DIR/bad.pem"));
        Assert.StartsWith("mta.yaml:3:22: receiving.tls.certificateFile: 'bad.pem' cannot be used: ", error, StringComparison.Ordinal);
        Assert.EndsWith("; expected is a certificate in PEM with its private key, which may stand in keyFile", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_in_place_of_a_key_is_named()
    {
        _workspace.Write("cert.pem", "");
        _workspace.Folder("key");
        string error = Assert.Single(await ErrorsAsync("receiving:\n  tls:\n    certificateFile: $DIR/cert.pem\n    keyFile: $DIR/key"));
        Assert.StartsWith("mta.yaml:4:14: receiving.tls.keyFile: 'key' cannot be read: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_place_of_a_directory_is_named()
    {
        _workspace.Write("file", "");
        string[] errors = await ErrorsAsync("node:\n  dataDirectory: $DIR/file/data\ndelivery:\n  routes:\n  - {domains: [a.example], via: maildir, path: '$DIR/file/%{domain}/%{local}'}");
        Assert.Equal(2, errors.Length);
        Assert.StartsWith("mta.yaml:2:18: node.dataDirectory: the directory 'file/data' cannot be made or written: ", errors[0], StringComparison.Ordinal);
        Assert.Equal("mta.yaml:5:48: delivery.routes[0].path: 'file' is a file; expected is a directory", errors[1]);
    }

    [Fact]
    public async Task A_directory_in_place_of_the_database_is_named()
    {
        _workspace.Folder("data/spool.db");
        Assert.Equal(
            ["mta.yaml:3:9: spool.file: 'data/spool.db' is a directory; expected is a file, or a name that is free"],
            await ErrorsAsync("node: {dataDirectory: $DIR/data}\nspool:\n  file: spool.db"));
    }

    [Fact]
    public async Task A_password_file_without_a_password_is_named()
    {
        _workspace.Write("password", "\nsecond line\n");
        Assert.Equal(
            ["mta.yaml:3:63: delivery.routes[0].passwordFile: the first line of 'password' is empty; expected is the password"],
            await ErrorsAsync("delivery:\n  routes:\n  - {domains: [a.example], hosts: [h], user: u, passwordFile: $DIR/password}"));
    }

    [Fact]
    public async Task A_password_is_in_no_error()
    {
        string[] errors = await ErrorsAsync("spool:\n  database: postgresql\n  connectionString: Hots=db;Password=hunter2\nreceiving:\n  users: {tim: hunter2}");
        Assert.Equal(2, errors.Length);
        Assert.DoesNotContain(errors, e => e.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("receiving: {listeners: [{port: $PORT}]}\nmanagement: {port: 0}", "mta.yaml:1:32: receiving.listeners[0].port")]
    [InlineData("management: {port: $PORT}\nreceiving: {listeners: []}", "mta.yaml:1:20: management.port")]
    public async Task A_port_in_use_stops_a_start_and_is_only_noted_by_a_check(string yaml, string expected)
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        yaml = $"{yaml.Replace("$PORT", $"{port}", StringComparison.Ordinal)}\ncluster: {{port: 0}}\nnode: {{dataDirectory: {_workspace.At("data")}}}";

        (int code, _, string[] errors) = await Check.StartAsync(_workspace, _workspace.Write("mta.yaml", yaml));
        Assert.Equal(ExitCodes.Configuration, code);
        Assert.Equal([$"{expected}: port {port} on 127.0.0.1 is in use by another program"], errors);

        (code, string[] output, _) = await Check.RunAsync(_workspace, yaml);
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains($"note: {expected}: port {port} on 127.0.0.1 is in use by another program", output);
    }
}
