using System.Reflection;
using Mta.Cluster.Delivery.Maildir;
using Mta.Protocol.Smtp;
using Mta.Testing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Maildir;

/// <summary>What is reported as delivered is on the disk: the order of system calls of a delivery in a process of its own.</summary>
public sealed class MaildirDurabilityTests
{
    private const string Variable = "MTA_MAILDIR_CHILD";

    [Fact]
    public async Task File_and_directory_are_synced_in_that_order_before_the_report()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed.");
        using var workspace = new Workspace("maildir");
        var trace = workspace.At("trace");
        var program = Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null);
        await ChildProcess.RunAsync(
            "strace",
            [
                "-f", "-qq", "-y", "-e", "trace=fsync,rename,renameat,renameat2,link,linkat,mkdir,mkdirat,write,pwrite64", "-o", trace,
                program, "-noLogo", "-explicit", "only", "-method", $"{typeof(MaildirDurabilityTests).FullName}.{nameof(Deliver)}",
            ],
            TimeSpan.FromMinutes(1),
            environment: new Dictionary<string, string> { [Variable] = workspace.At("mail") });

        var calls = File.ReadLines(trace).ToList();
        var made = At(calls, "mkdir", "mail/new");
        var parent = At(calls, "fsync", workspace.At("mail") + ">", made);
        At(calls, "mkdir", "mail/cur", parent);
        var file = At(calls, "fsync", "/mail/tmp/", parent);
        var moved = At(calls, "", "/mail/tmp/", file + 1);
        Assert.Contains("/mail/new/", calls[moved], StringComparison.Ordinal);
        var directory = At(calls, "fsync", "/mail/new>", moved);
        At(calls, "write", "reported", directory);
    }

    [Fact(Explicit = true)]
    public async Task Deliver()
    {
        var store = new MaildirStore("node", TimeProvider.System);
        var directory = Environment.GetEnvironmentVariable(Variable)!;
        var outcome = await store.DeliverAsync(directory, Address.Null, new Recipient(new Address("a", "example.com")), new PiecesBody("x\r\n"), CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(directory, "report"), $"reported {outcome.Reply}", CancellationToken.None);
    }

    private static int At(List<string> calls, string call, string text, int from = 0)
    {
        var at = calls.FindIndex(from, c => c.Contains(call, StringComparison.Ordinal) && c.Contains(text, StringComparison.Ordinal));
        Assert.True(at >= 0, $"{call} {text} after line {from} is missing in:\n{string.Join('\n', calls.Skip(from))}");
        return at;
    }
}
