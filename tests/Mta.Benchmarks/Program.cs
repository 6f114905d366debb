using BenchmarkDotNet.Running;
using Mta.Benchmarks.EndToEnd;
using Mta.Benchmarks.Profile;
using Mta.Benchmarks.Spool;

return args switch
{
    ["spool", .. var rest] => await SpoolLoad.RunAsync(rest),
    ["attempts", .. var rest] => await AttemptLoad.RunAsync(rest),
    ["e2e", .. var rest] => await EndToEndCommand.RunAsync(rest),
    ["profile", .. var rest] => await ProfileCommand.RunAsync(rest),
    ["micro", .. var rest] => Micro(rest),
    _ => Usage(),
};

static int Micro(string[] rest)
{
    BenchmarkSwitcher.FromAssembly(typeof(EndToEndCommand).Assembly).Run(rest.Length > 0 ? rest : ["--filter", "*"]);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        micro [BenchmarkDotNet options]                                    parser, framing, spool, queue step
        spool [database] [seconds] [callers] [octets] [connection string]   what one node's spool carries
        attempts [database] [refs] [rounds] [connection string]             what it costs to keep the attempts of deferred mail
        e2e   [scenarios, as ABC] [runs] [mta|postfix|both|three] [messages] a server under load, from socket to socket
        profile [scenario] [functions] [nodes]                              where the processor time of a node goes, stage by stage
        """);
    return 2;
}
