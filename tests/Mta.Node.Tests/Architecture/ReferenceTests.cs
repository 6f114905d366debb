using Mta.Cluster.Contracts;

namespace Mta.Node.Tests.Architecture;

/// <summary>Which project may use what. A project exists because it forbids a reference; here the reference is forbidden.</summary>
public class ReferenceTests
{
    private const string Bcl = "System.";

    [Theory]
    // The standards. Pure.
    [InlineData("Mta.Protocol", Bcl, "MimeKit")]
    // The domain. Pure; without MimeKit, so that no event can hold one of its types.
    [InlineData("Mta.Queueing", Bcl, "Mta.Protocol")]
    // Carries the decisions out. Of ASP.NET only the connection layer, and no IConfiguration.
    [InlineData("Mta.Cluster", Bcl, "Mta.Protocol", "Mta.Queueing", "Akka", "Akka.", "DnsClient", "linq2db", "Google.Protobuf",
        "Npgsql", "Microsoft.Data.SqlClient", "Microsoft.Data.Sqlite", "SQLitePCLRaw.",
        "Microsoft.AspNetCore.Connections.Abstractions", "Microsoft.AspNetCore.Server.Kestrel.Core", "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets",
        "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Diagnostics", "Microsoft.Extensions.Diagnostics.Abstractions",
        "Microsoft.Extensions.Features", "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options")]
    // The program. It puts actors into the host and speaks to none.
    [InlineData("Mta.Node", Bcl, "Mta.Protocol", "Mta.Queueing", "Mta.Cluster", "Akka.Hosting",
        "Microsoft.AspNetCore", "Microsoft.AspNetCore.", "Microsoft.Extensions.", "Microsoft.Net.Http.Headers", "Microsoft.OpenApi", "OpenTelemetry", "OpenTelemetry.", "YamlDotNet")]
    // Runs in the browser: of ours it has nothing, and it knows the API alone.
    [InlineData("Mta.Dashboard", Bcl, "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.", "Microsoft.Extensions.", "Microsoft.JSInterop", "MudBlazor")]
    [InlineData("mtactl", Bcl, "Mta.Protocol", "MailKit", "MimeKit", "Spectre.Console", "Spectre.Console.Ansi")]
    public void A_project_uses_what_it_may(string project, params string[] allowed)
    {
        IEnumerable<string> others = CompiledAssembly.Read(project).Assemblies
            .Where(used => !allowed.Any(a => a.EndsWith('.') ? used.StartsWith(a, StringComparison.Ordinal) : used == a));
        Assert.Empty(others);
    }

    [Theory]
    [InlineData("Mta.Protocol")]
    [InlineData("Mta.Queueing")]
    public void A_pure_project_has_no_clock_thread_socket_or_file(string project)
    {
        CompiledAssembly assembly = CompiledAssembly.Read(project);
        string[] clocks =
        [
            "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
            "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Random.get_Shared",
        ];
        string[] types =
        [
            "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Threading.Timer", "System.Threading.Thread", "System.Threading.ThreadPool",
            "System.Threading.Tasks.Task", "System.IO.File", "System.IO.FileStream", "System.IO.FileInfo", "System.IO.Directory",
        ];
        string[] assemblies = ["System.Net.Sockets", "System.Net.NameResolution", "System.Net.Http", "System.Console", "System.Diagnostics.Process"];
        Assert.Empty(clocks.Intersect(assembly.Members));
        Assert.Empty(types.Intersect(assembly.Types));
        Assert.Empty(assemblies.Intersect(assembly.Assemblies));
    }

    [Fact]
    public void The_node_sends_no_messages_of_the_cluster()
    {
        // Queries and operator commands go through ports such as IQueueQueries, so that the messages stay the cluster's own business.
        IEnumerable<string> messages = typeof(IWireMessage).Assembly.GetTypes()
            .Where(t => typeof(IWireMessage).IsAssignableFrom(t) || typeof(IPersistedMessage).IsAssignableFrom(t)).Select(t => t.FullName!);
        Assert.Empty(messages.Intersect(CompiledAssembly.Read("Mta.Node").Types));
    }
}
