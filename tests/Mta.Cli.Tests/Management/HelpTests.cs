using System.CommandLine;
using Mta.Protocol.Authentication;

namespace Mta.Cli.Tests.Management;

/// <summary>What a newcomer finds: help with examples, completion, a token.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void Every_command_and_option_is_described_and_the_ones_that_do_something_have_examples()
    {
        foreach (var command in Root().Subcommands)
        {
            Assert.Contains("Example", command.Description, StringComparison.Ordinal);
            Assert.Contains($"$ mtactl {command.Name}", command.Description!.Replace("| mtactl", "$ mtactl", StringComparison.Ordinal).Replace("<(mtactl", "$ mtactl", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrEmpty(option.Description), $"{command.Name} {option.Name}"));
            Assert.All(command.Subcommands, sub => Assert.False(string.IsNullOrEmpty(sub.Description), $"{command.Name} {sub.Name}"));
        }
    }

    [Theory]
    [InlineData("bash", "complete ")]
    [InlineData("zsh", "compdef ")]
    [InlineData("fish", "complete ")]
    public async Task Each_shell_gets_its_lines(string shell, string expected)
    {
        Assert.Equal(0, await _terminal.RunAsync(["completion", shell]));
        Assert.Contains(expected, _terminal.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", _terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_and_options_complete()
    {
        Assert.Contains("queues", Root().Parse("qu").GetCompletions(2).Select(c => c.Label));
        Assert.Contains("--output", Root().Parse("queues --ou").GetCompletions(11).Select(c => c.Label));
    }

    [Fact]
    public async Task A_new_token_fits_the_hash_beside_it()
    {
        Assert.Equal(0, await _terminal.RunAsync(["new-token", "--name", "alice", "--role", "operator"]));
        string[] lines = _terminal.Output.Split('\n');
        var token = lines[0]["token: ".Length..];
        var hash = lines.Single(l => l.Contains("hash:", StringComparison.Ordinal)).Split(": ")[1];
        Assert.True(BearerToken.Matches(hash, token));
        Assert.Contains("    - name: alice", lines);
        Assert.Contains("      role: operator", lines);
    }

    private static RootCommand Root() => MtactlCommand.Create(CliEnvironment.OfProcess());
}
