namespace Mta.Cli.Tests.Management;

/// <summary>Which cluster is asked, with which token; and what a refusal, a fault or silence ends with.</summary>
public sealed class ConnectionTests : IDisposable
{
    private const string Nodes = """{"items":[]}""";
    private readonly FakeEndpoint _endpoint = new FakeEndpoint().Answer("/api/v1/nodes", Nodes);
    private readonly Terminal _terminal = new();

    public void Dispose()
    {
        _endpoint.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task A_context_remembers_a_cluster_and_its_token_stays_in_its_own_file()
    {
        await File.WriteAllTextAsync(_terminal.At("token"), "mta_from-file\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, await _terminal.RunAsync(["context", "set", "test", "--url", _endpoint.Url, "--token-file", _terminal.At("token")]));
        Assert.Equal(0, await _terminal.RunAsync(["context", "set", "other", "--url", "http://127.0.0.1:1"]));
        Assert.DoesNotContain("mta_from-file", await File.ReadAllTextAsync(_terminal.At("contexts.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await _terminal.RunAsync(["nodes"]));
        Assert.Equal("GET /api/v1/nodes Bearer mta_from-file", Assert.Single(_endpoint.Asked));

        Assert.Equal(0, await _terminal.RunAsync(["context", "use", "other"]));
        Assert.Equal(ExitCodes.Unreachable, await _terminal.RunAsync(["nodes"]));
        Assert.Equal(0, await _terminal.RunAsync(["nodes", "--context", "test"]));
        Assert.Equal(0, await _terminal.RunAsync(["context", "list"]));
        Assert.Equal($"* other  http://127.0.0.1:1\n  test  {_endpoint.Url}\n", _terminal.Output);
        Assert.Equal(0, await _terminal.RunAsync(["context", "remove", "other"]));
        Assert.Equal(ExitCodes.NotFound, await _terminal.RunAsync(["context", "use", "other"]));
    }

    [Fact]
    public async Task What_is_nearer_wins()
    {
        await File.WriteAllTextAsync(_terminal.At("token"), "mta_option", TestContext.Current.CancellationToken);
        _terminal.With("MTACTL_URL", "http://127.0.0.1:1").With("MTACTL_TOKEN", "mta_variable");
        Assert.Equal(0, await _terminal.RunAsync(["nodes", "--url", _endpoint.Url]));
        Assert.Equal(0, await _terminal.RunAsync(["nodes", "--url", _endpoint.Url, "--token-file", _terminal.At("token")]));
        Assert.Equal(["GET /api/v1/nodes Bearer mta_variable", "GET /api/v1/nodes Bearer mta_option"], _endpoint.Asked);
    }

    [Theory]
    [InlineData(401, ExitCodes.Refused, "wants a token")]
    [InlineData(403, ExitCodes.Refused, "operator")]
    [InlineData(404, ExitCodes.NotFound, "what it says")]
    [InlineData(400, ExitCodes.Usage, "what it says")]
    [InlineData(503, ExitCodes.Failed, "what it says")]
    public async Task A_refusal_has_its_code_and_says_why(int status, int code, string expected)
    {
        _endpoint.Answer("/api/v1/nodes", """{"title":"No","detail":"what it says"}""", status, "application/problem+json");
        Assert.Equal(code, await _terminal.RunAsync(["nodes", "--url", _endpoint.Url]));
        Assert.Contains(expected, _terminal.Error, StringComparison.Ordinal);
        Assert.Empty(_terminal.Output);
    }

    [Theory]
    [InlineData("nodes", "--url", "ftp://example.com")]
    [InlineData("nodes", "--context", "nothing")]
    [InlineData("nodes", "--output", "xml")]
    [InlineData("explode")]
    public async Task Wrong_use_has_its_code(params string[] arguments)
    {
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(arguments));
        Assert.NotEmpty(_terminal.Error);
    }

    [Fact]
    public async Task What_is_no_endpoint_is_told()
    {
        _endpoint.Answer("/api/v1/nodes", "<html>", type: "text/html");
        Assert.Equal(ExitCodes.Failed, await _terminal.RunAsync(["nodes", "--url", _endpoint.Url]));
        Assert.Contains("does not answer as a management endpoint", _terminal.Error, StringComparison.Ordinal);
    }
}
