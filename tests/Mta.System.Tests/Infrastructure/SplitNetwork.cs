using System.Globalization;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Infrastructure;

/// <summary>
/// A network that can be split: every node has a network namespace of its own, with two links. Over one the nodes reach each other, by a switch in a further
/// namespace; the other leads to the test, where database, sink and clients are. A split parts the switch and leaves every link up, as a broken line between two
/// sites does: packets are lost, and nobody is told.
/// </summary>
internal sealed class SplitNetwork : IAsyncDisposable
{
    private const string Prefix = "mta-";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly int _nodes;
    // Several runs on one machine keep out of each other's way.
    private readonly string _tag = Text($"{Environment.ProcessId}");
    private readonly int _third = 1 + (Environment.ProcessId % 250);

    private SplitNetwork(int nodes) => _nodes = nodes;

    /// <summary>The test's own address, which all nodes reach whatever the split.</summary>
    public string TestAddress => Text($"10.77.{_third}.1");

    private string LinkPrefix => Text($"mta{_tag}n");

    private string Switch => Text($"{Prefix}{_tag}-switch");

    /// <summary>Makes the network; skips the test where that cannot be done.</summary>
    public static async Task<SplitNetwork> CreateAsync(int nodes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Network namespaces need root on Linux.");
        Assert.SkipUnless(File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip"), "ip (iproute2) is not installed.");
        await RemoveLeftoversAsync();
        var network = new SplitNetwork(nodes);
        try
        {
            await network.MakeAsync();
            return network;
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("Operation not permitted", StringComparison.Ordinal))
        {
            await network.DisposeAsync();
            Assert.Skip("This root may not make network namespaces.");
            throw;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the test reaches a node, and the node listens for clients.</summary>
    public string AddressOf(int node) => Text($"10.77.{_third}.{11 + node}");

    /// <summary>Where the other nodes reach a node.</summary>
    public static string MemberAddressOf(int node) => Text($"10.78.0.{11 + node}");

    /// <summary>The namespace that a node is to run in.</summary>
    public string NamespaceOf(int node) => Text($"{Prefix}{_tag}-{node}");

    /// <summary>Parts the switch: only nodes of the same side reach each other. One side for each node, numbered from 0.</summary>
    public Task SplitAsync(params int[] sides) => IpAsync(
        ["-n", Switch], [.. sides.Select((side, node) => Text($"link set dev port{node} master side{side}"))]);

    /// <summary>Makes it whole again.</summary>
    public Task HealAsync() => SplitAsync(new int[_nodes]);

    public async ValueTask DisposeAsync()
    {
        // The kernel removes a namespace's links when it comes to it; the next network has the same names and addresses, and wants them gone now.
        var links = (await RunAsync("-o", "link", "show", "type", "veth")).Select(line => line.Split(' ', '@')[1]);
        foreach (var link in links.Where(l => l.StartsWith(LinkPrefix, StringComparison.Ordinal)))
            await RunAsync("link", "del", link);
        foreach (var name in (await NamespacesAsync()).Where(n => n.StartsWith(Text($"{Prefix}{_tag}-"), StringComparison.Ordinal)))
            await RunAsync("netns", "del", name);
    }

    private async Task MakeAsync()
    {
        await RunAsync("netns", "add", Switch);
        await IpAsync(["-n", Switch], [.. Enumerable.Range(0, _nodes).SelectMany(side => new[]
        {
            Text($"link add side{side} type bridge"),
            Text($"link set dev side{side} up"),
        })]);
        for (var node = 0; node < _nodes; node++)
            await MakeNodeAsync(node);
        await HealAsync();
    }

    private async Task MakeNodeAsync(int node)
    {
        var home = NamespaceOf(node);
        var toTest = Text($"{LinkPrefix}{node}");
        await RunAsync("netns", "add", home);
        await IpAsync([], [
            Text($"link add dev members netns {home} type veth peer name port{node} netns {Switch}"),
            Text($"link add dev {toTest} type veth peer name test netns {home}"),
            Text($"addr add {TestAddress} peer {AddressOf(node)} dev {toTest}"),
            Text($"link set dev {toTest} up")]);
        await IpAsync(["-n", Switch], [Text($"link set dev port{node} up")]);
        await IpAsync(["-n", home], [
            "link set dev lo up",
            Text($"addr add {MemberAddressOf(node)}/24 dev members"),
            "link set dev members up",
            Text($"addr add {AddressOf(node)} peer {TestAddress} dev test"),
            "link set dev test up"]);
    }

    // Of runs that were killed: their namespaces have their process id in the name.
    private static async Task RemoveLeftoversAsync()
    {
        foreach (var name in await NamespacesAsync())
        {
            var parts = name.Split('-');
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && parts.Length == 3 && int.TryParse(parts[1], out var pid) && !Directory.Exists(Text($"/proc/{pid}")))
                await RunAsync("netns", "del", name);
        }
    }

    private static async Task<IEnumerable<string>> NamespacesAsync() =>
        (await RunAsync("netns", "list")).Select(line => line.Split(' ')[0]);

    // One process for several commands: a split comes at one moment.
    private static async Task IpAsync(string[] options, string[] commands)
    {
        var batch = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(batch, commands);
            await RunAsync([.. options, "-batch", batch]);
        }
        finally
        {
            File.Delete(batch);
        }
    }

    private static Task<IReadOnlyList<string>> RunAsync(params string[] arguments) => ChildProcess.RunAsync("ip", arguments, Limit);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
