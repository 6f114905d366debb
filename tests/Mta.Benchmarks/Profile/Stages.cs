namespace Mta.Benchmarks.Profile;

/// <summary>
/// Which stage of a message's way a stack belongs to. The innermost frame that a rule knows decides: first among the rules for this program's own code, then, where there is none of
/// it on the stack, among those for what lies below.
/// </summary>
internal static class Stages
{
    private const string Other = "other";

    // GC works on whatever thread asked for memory, so its module says more than what stands below it.
    private static readonly (string Stage, string Module)[] Modules =
    [
        ("GC", "libclrgc"),
        ("JIT", "libclrjit"),
    ];

    private static readonly (string Stage, string Part)[] Own =
    [
        ("log", "Mta.Node.Logging"),
        ("log", "Mta.Cluster.Telemetry"),
        ("log", "Mta.Cluster.Spool.Telemetry"),
        ("log", "Microsoft.Extensions.Logging"),
        ("spool settle", "DeleteRefs"),
        ("spool settle", "DeleteBodies"),
        ("spool settle", "NarrowRefs"),
        ("spool settle", "LockEpochs"),
        ("spool settle", "::Settle"),
        ("spool settle", "SettleWave"),
        ("spool settle", "SettleAsync"),
        ("spool accept", "InsertMessages"),
        ("spool accept", "InsertRefs"),
        ("spool accept", "InsertChunks"),
        ("spool accept", "StoreMessages"),
        ("spool accept", "StoredMessage"),
        ("spool accept", "EnvelopeCodec"),
        ("spool accept", "BodyCache::Add"),
        ("spool accept", "[Mta.Cluster] Mta.Cluster.Spool.SqlSpool::Accept"),
        ("spool commit, both", "Mta.Cluster.Spool"),
        ("hand-over", "Mta.Cluster.Queues.Intake"),
        ("hand-over", "Mta.Cluster.Queues.HintOutbox"),
        ("hand-over", "Mta.Queueing.Intake"),
        ("hand-over", "Mta.Cluster.Contracts"),
        ("parse", "Mta.Protocol.Smtp.Server"),
        ("parse", "Mta.Protocol.Smtp.Grammar"),
        ("receive", "Mta.Cluster.Receiving"),
        ("receive", "AspNetCore.Server.Kestrel"),
        ("schedule", "Mta.Cluster.Queues"),
        ("schedule", "Mta.Queueing"),
        ("schedule", "Mta.Cluster.Delivery.Sites"),
        ("schedule", "Mta.Cluster.Delivery.Routing"),
        ("connect", "HostWalk"),
        ("connect", "DeliveryChannel::ConnectAsync"),
        ("connect", "DeliveryConnection::OnConnected"),
        ("connect", "DeliveryConnection::NextAddress"),
        ("connect", "Mta.Cluster.Dns"),
        ("send", "Mta.Cluster.Delivery"),
        ("send", "Mta.Protocol.Smtp.Client"),
        ("send", "Mta.Protocol.Smtp"),
        ("cluster", "Akka.Cluster"),
        ("cluster", "Mta.Cluster.Leases"),
    ];

    private static readonly (string Stage, string Part)[] Below =
    [
        ("Npgsql", "Npgsql"),
        ("remoting", "Akka.Remote"),
        ("remoting", "DotNetty"),
        ("actor dispatch", "Akka."),
        ("SQLite, unknown caller", "libe_sqlite3"),
        ("socket events", "System.Net.Sockets"),
        ("socket events", "SocketAsyncEngine"),
        ("thread pool", "ThreadPool"),
        ("thread pool", "LowLevelLifoSemaphore"),
        ("timers", "TimerQueue"),
        ("runtime", "libcoreclr"),
    ];

    /// <summary>The stages' names, in the order of a message's way.</summary>
    public static IReadOnlyList<string> Order { get; } =
    [
        "receive", "parse", "spool accept", "hand-over", "schedule", "spool settle", "spool commit, both", "SQLite, unknown caller", "connect", "send", "log", "GC", "JIT",
        "PostgreSQL", "Npgsql", "actor dispatch", "socket events", "thread pool", "timers", "remoting", "cluster", "runtime", Other,
    ];

    /// <summary>The stage of a stack.</summary>
    public static string Of(StackSample sample)
    {
        foreach (var (stage, module) in Modules)
        {
            if (sample.Frames.Any(f => f.Module.StartsWith(module, StringComparison.Ordinal)))
                return stage;
        }
        return sample.Thread == "postgres" ? "PostgreSQL" : Innermost(sample, Own) ?? Innermost(sample, Below) ?? OfThread(sample.Thread);
    }

    private static string? Innermost(StackSample sample, (string Stage, string Part)[] rules)
    {
        foreach (var frame in sample.Frames)
        {
            foreach (var (stage, part) in rules)
            {
                if (frame.Symbol.Contains(part, StringComparison.Ordinal) || frame.Module.StartsWith(part, StringComparison.Ordinal))
                    return stage;
            }
        }
        return null;
    }

    private static string OfThread(string thread) => thread switch
    {
        ".NET Sockets" => "socket events",
        ".NET TP Worker" or ".NET TP Gate" => "thread pool",
        ".NET Timer" => "timers",
        ".NET BGC" => "GC",
        ".NET Tiered Compi" or ".NET Tiered Com" => "JIT",
        _ => Other,
    };
}
