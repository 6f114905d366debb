using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>
/// What the README says to a newcomer, done as it is written there. Only a port that another program holds on this machine is replaced by a
/// free one.
/// </summary>
public sealed partial class FirstMailTests(ITestOutputHelper output)
{
    private const int Smtp = 2525;
    private const int Sink = 2526;
    private const int Management = 8558;
    private const int Cluster = 4053;

    // A build from a fresh clone may come first.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ArrivalLimit = TimeSpan.FromSeconds(30);
    private readonly Dictionary<int, int> _replaced = new[] { Smtp, Sink, Management, Cluster }.ToDictionary(port => port, port => IsFree(port) ? port : Loopback.FreePort());

    [Fact]
    public async Task The_first_command_starts_a_node()
    {
        using var workspace = new Workspace("command-one");
        await using var node = Terminal.Run(ReadMeSteps.FirstCommand, Node(("MTA__NODE__DATADIRECTORY", workspace.At("data"))));
        await node.WaitForTextAsync(AsHere(ReadMeSteps.ListeningLine), StartLimit);

        using var http = new HttpClient { BaseAddress = new Uri(AsHere($"http://127.0.0.1:{Text(Management)}")) };
        await Eventually.HoldsAsync(
            async () => (await http.GetAsync("/ready")).IsSuccessStatusCode, ArrivalLimit, () => http.GetStringAsync("/ready"));
        using var smtp = new TcpClient();
        await smtp.ConnectAsync(IPAddress.Loopback, _replaced[Smtp], TestContext.Current.CancellationToken);
        using var greeting = new StreamReader(smtp.GetStream());
        Assert.StartsWith("220 ", await greeting.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(workspace.At("data"), "spool.db")));
    }

    [Fact]
    public async Task The_first_mail_arrives()
    {
        var folder = Path.Combine(Directories.Repository, "data", "first-mail");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        try
        {
            await using var sink = Terminal.Run(AsHere(ReadMeSteps.FirstMail("sink")));
            await Ports.WaitUntilOpenAsync(_replaced[Sink], ArrivalLimit);
            await using var node = Terminal.Run(AsHere(ReadMeSteps.FirstMail("node")), Node());
            await node.WaitForTextAsync(AsHere(ReadMeSteps.ListeningLine), StartLimit);

            var dialogue = await Terminal.RunToEndAsync(AsHere(ReadMeSteps.FirstMail("send")));
            Assert.Contains(dialogue, line => line.Contains("250 2.0.0", StringComparison.Ordinal));
            var received = await node.WaitForTextAsync("received ", ArrivalLimit);
            var id = ReceivedId().Match(received).Groups[1].Value;
            await node.WaitForTextAsync($"delivered {id}", ArrivalLimit);

            var mail = await Terminal.RunToEndAsync(ReadMeSteps.FirstMail("look"));
            output.WriteLine(string.Join('\n', mail));
            Assert.Contains("X-Rcpt-Args: <you@example.com>", mail);
            Assert.Contains("Subject: my first mail", mail);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The ports that stand in no command are given by variables, and only where they are taken.
    private Dictionary<string, string> Node(params (string Name, string Value)[] more) =>
        new[] { ("MTA__RECEIVING__LISTENERS__0__PORT", Smtp), ("MTA__MANAGEMENT__PORT", Management), ("MTA__CLUSTER__PORT", Cluster) }
            .Where(v => _replaced[v.Item2] != v.Item2).Select(v => (Name: v.Item1, Value: Text(_replaced[v.Item2]))).Concat(more)
            .ToDictionary(v => v.Name, v => v.Value);

    private string AsHere(string text) => _replaced.Aggregate(text, (now, port) => now.Replace($":{Text(port.Key)}", $":{Text(port.Value)}", StringComparison.Ordinal));

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"received (\S+):")]
    private static partial Regex ReceivedId();
}
