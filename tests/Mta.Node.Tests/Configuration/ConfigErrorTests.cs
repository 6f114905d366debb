namespace Mta.Node.Tests.Configuration;

/// <summary>The exact text of every error: file, line, column, key, what is wrong and what is expected.</summary>
public class ConfigErrorTests
{
    [Theory]
    [InlineData("server:\n  wrokers: 3", "mta.yaml:2:3: server.wrokers: unknown key; did you mean 'workers'?")]
    [InlineData("sevrer: {}", "mta.yaml:1:1: sevrer: unknown key; did you mean 'server'?")]
    [InlineData("zzzzzzzzz: 1", "mta.yaml:1:1: zzzzzzzzz: unknown key; the keys here are server, ports, domains, labels")]
    [InlineData("server:\n  computed: 1", "mta.yaml:2:3: server.computed: unknown key; the keys here are name, nickname, databasePassword, enabled, workers, factor, idle, pause, bodyBytes, bufferBytes, colour, address, networks, words, names, low, high")]
    [InlineData("server:\n  Workers: 3", "mta.yaml:2:3: server.Workers: unknown key; did you mean 'workers'?")]
    [InlineData("server:\n  workers: many", "mta.yaml:2:12: server.workers: 'many' where a whole number is expected")]
    [InlineData("server:\n  workers:", "mta.yaml:2:11: server.workers: no value; expected a whole number")]
    [InlineData("server:\n  workers: [1]", "mta.yaml:2:12: server.workers: a list where a whole number is expected")]
    [InlineData("server:\n  workers: 101", "mta.yaml:2:12: server.workers: 101 is out of range; expected 1 to 100")]
    [InlineData("server:\n  factor: x", "mta.yaml:2:11: server.factor: 'x' where a number is expected")]
    [InlineData("server:\n  enabled: maybe", "mta.yaml:2:12: server.enabled: 'maybe' where true or false is expected")]
    [InlineData("server:\n  idle: 5", "mta.yaml:2:9: server.idle: '5' where a duration such as 100ms, 90s, 5m, 4h or 5d is expected")]
    [InlineData("server:\n  idle: 2h", "mta.yaml:2:9: server.idle: 2h is out of range; expected 1s to 1h")]
    [InlineData("server:\n  bodyBytes: 5XB", "mta.yaml:2:14: server.bodyBytes: '5XB' where a size such as 4096, 256KB or 100MB is expected")]
    [InlineData("server:\n  bodyBytes: 2GB", "mta.yaml:2:14: server.bodyBytes: 2GB is out of range; expected 1KB to 1GB")]
    [InlineData("server:\n  bufferBytes: 2GB", "mta.yaml:2:16: server.bufferBytes: '2GB' where a size such as 4096, 256KB or 100MB is expected")]
    [InlineData("server:\n  colour: darkgren", "mta.yaml:2:11: server.colour: 'darkgren' where one of red, darkGreen, blue is expected; did you mean 'darkGreen'?")]
    [InlineData("server:\n  colour: 1", "mta.yaml:2:11: server.colour: '1' where one of red, darkGreen, blue is expected")]
    [InlineData("server:\n  address: here", "mta.yaml:2:12: server.address: 'here' where an IP address is expected")]
    [InlineData("server:\n  networks: [10.0.0.0]", "mta.yaml:2:14: server.networks[0]: '10.0.0.0' where a network such as 192.0.2.0/24 or 2001:db8::/32 is expected")]
    [InlineData("server:\n  name: \"\"", "mta.yaml:2:9: server.name: must not be empty")]
    [InlineData("server:\n  names: []", "mta.yaml:2:3: server.names: needs at least 1 entries")]
    [InlineData("server:\n  names: one", "mta.yaml:2:10: server.names: a single value where a list is expected")]
    [InlineData("server:\n  high: 0", "mta.yaml:1:1: server.low: 1 is above high (0); expected at most that")]
    [InlineData("server: 3", "mta.yaml:1:9: server: a single value where a mapping with the keys name, nickname, databasePassword, enabled, workers, factor, idle, pause, bodyBytes, bufferBytes, colour, address, networks, words, names, low, high is expected")]
    [InlineData("domains: [x]", "mta.yaml:1:10: domains: a list where a mapping of names to values is expected")]
    [InlineData("domains:\n  example.com:\n    firstRetry: soon", "mta.yaml:3:17: domains.example.com.firstRetry: 'soon' where a duration such as 100ms, 90s, 5m, 4h or 5d is expected")]
    [InlineData("domains:\n  example.com:\n    inner: {high: -5}", "mta.yaml:3:5: domains.example.com.inner.low: 1 is above high (-5); expected at most that")]
    [InlineData("ports:\n- number: 25\n- number: 70000", "mta.yaml:3:11: ports[1].number: 70000 is out of range; expected 0 to 65535")]
    [InlineData("server:\n  low: 1\n  low: 2", "mta.yaml:3:3: server.low: duplicate key; first given at mta.yaml:2:3")]
    [InlineData("- server", "mta.yaml:1:1: a list where a mapping of sections is expected")]
    [InlineData("server", "mta.yaml:1:1: a single value where a mapping of sections is expected")]
    [InlineData("server: &a\n  low: 1", "mta.yaml:1:9: server: anchors are not supported; write the value out where it is needed")]
    [InlineData("server:\n  low: !!int 1", "mta.yaml:2:8: server.low: tags are not supported")]
    [InlineData("server: {}\n---\nserver: {}", "mta.yaml:2:1: a second document; a configuration is one document")]
    [InlineData("server:\n  name: ${env:NOT_SET}", "mta.yaml:2:9: server.name: the environment variable NOT_SET is not set")]
    public void One_error(string yaml, string expected) => Assert.Equal([expected], Sample.Errors(yaml));

    [Fact]
    public void A_file_reference_that_cannot_be_read_names_key_and_path() =>
        Assert.StartsWith("mta.yaml:2:9: server.name: the file /nowhere/at/all cannot be read: ",
            Assert.Single(Sample.Errors("server:\n  name: ${file:/nowhere/at/all}")));

    [Theory]
    [InlineData("server:\n\tname: x", "mta.yaml:2:1: a tab in the indentation; YAML is indented with spaces")]
    [InlineData("server: {", "mta.yaml:2:1: not valid YAML: ")]
    [InlineData("server: *a", "mta.yaml:1:9: ")]
    public void Text_that_is_no_yaml_is_named_with_its_place(string yaml, string expected) =>
        Assert.StartsWith(expected, Sample.Errors(yaml)[0]);

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.Contains("nested more than 32 levels deep", Assert.Single(Sample.Errors(new string('[', 500))));

    [Fact]
    public void All_errors_come_at_once() =>
        Assert.Equal(
            [
                "mta.yaml:2:12: server.workers: 'many' where a whole number is expected",
                "mta.yaml:4:3: server.idel: unknown key; did you mean 'idle'?",
                "mta.yaml:6:5: ports[0].nubmer: unknown key; did you mean 'number'?",
                "mta.yaml:3:9: server.name: must not be empty",
            ],
            Sample.Errors("server:\n  workers: many\n  name: ''\n  idel: 5m\nports:\n  - nubmer: 3\n"));

    [Fact]
    public void A_secret_is_not_repeated_in_an_error()
    {
        string error = Assert.Single(Sample.Errors("server:\n  workers: ${env:HIDDEN}", ("HIDDEN", "hunter2")));
        Assert.Equal("mta.yaml:2:12: server.workers: '${env:HIDDEN}' where a whole number is expected", error);
    }
}
