using System.Globalization;
using System.Net;
using Mta.Testing;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>Debian's Postfix with its usual durability, in a directory of its own. Needs root.</summary>
internal sealed class PostfixUnderTest : IServerUnderTest
{
    private static readonly string[] Queues = ["incoming", "active", "deferred", "maildrop"];
    private readonly string _configuration;
    private readonly string _queue;
    private readonly int _master;
    private PostfixUnderTest(string configuration, string queue, int port, int master)
    {
        _configuration = configuration;
        _queue = queue;
        _master = master;
        Smtp = [new IPEndPoint(IPAddress.Loopback, port)];
    }

    public IReadOnlyList<EndPoint> Smtp { get; }

    public IReadOnlyList<int> Processes => [_master, .. ProcessTree.Of(_master)];

    public static async Task<IServerUnderTest> StartAsync(Workspace workspace, int sinkPort, int connections)
    {
        var port = Loopback.FreePort();
        var folder = workspace.Folder("postfix");
        var queue = workspace.Folder("postfix/queue");
        var data = workspace.Folder("postfix/data");
        await ChildProcess.RunAsync("chown", ["postfix", data], TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        workspace.Write("postfix/main.cf", MainConfiguration(queue, data, sinkPort, connections));
        workspace.Write("postfix/master.cf", Services(port));
        await ControlAsync(folder, "start").ConfigureAwait(false);
        return new PostfixUnderTest(folder, queue, port, await MasterPidAsync(queue).ConfigureAwait(false));
    }

    public ServerCost Cost() => ServerCost.OfTrees(Processes);

    public async Task UntilEmptyAsync()
    {
        while (Queues.Any(q => Directory.EnumerateFiles(Path.Combine(_queue, q), "*", SearchOption.AllDirectories).Any()))
            await Task.Delay(50).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await ControlAsync(_configuration, "stop").ConfigureAwait(false);

    // The master keeps a lock on the file, which .NET respects and cat does not.
    private static async Task<int> MasterPidAsync(string queue)
    {
        var lines = await ChildProcess.RunAsync("cat", [Path.Combine(queue, "pid", "master.pid")], TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        return int.Parse(lines[0].Trim(), CultureInfo.InvariantCulture);
    }

    private static async Task ControlAsync(string configuration, string command) =>
        await ChildProcess.RunAsync("postfix", ["-c", configuration, command], TimeSpan.FromSeconds(30)).ConfigureAwait(false);

    private static string MainConfiguration(string queue, string data, int sinkPort, int connections) => string.Create(CultureInfo.InvariantCulture, $"""
        compatibility_level = 3.6
        queue_directory = {queue}
        data_directory = {data}
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = postfix.test
        mydestination =
        mynetworks = 127.0.0.0/8
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        relayhost = [127.0.0.1]:{sinkPort}
        default_process_limit = 200
        default_destination_concurrency_limit = {connections}
        initial_destination_concurrency = {connections}
        smtp_tls_security_level = none
        smtpd_tls_security_level = none
        alias_maps =
        alias_database =
        smtpd_client_connection_count_limit = 0
        smtpd_client_connection_rate_limit = 0
        message_size_limit = 204800000
        minimal_backoff_time = 1s
        maximal_backoff_time = 1s
        queue_run_delay = 1s
        maillog_file_prefixes = {data}
        maillog_file = {data}/log
        """) + "\n";

    private static string Services(int port) => string.Create(CultureInfo.InvariantCulture, $"""
        127.0.0.1:{port} inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 1 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd
        """) + "\n";
}
