using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Mta.Node.Telemetry;
using Mta.Node.Tests.Running;
using Mta.Testing;
using OpenTelemetry.Trace;

namespace Mta.Node.Tests.Telemetry;

/// <summary>A collector gets one trace for each message, whose id is the message's.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly Workspace _workspace = new("traces");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Reception_and_delivery_of_a_message_are_spans_of_one_trace()
    {
        await using Collector collector = new();
        await using CollectingSink sink = new();
        NodeSettings settings = new NodeSettings(_workspace).Set("tracing.endpoint", collector.Url).Set("tracing.protocol", "httpProtobuf");
        RunningNode node = await RunningNode.StartAsync(settings, sink.EndPoint.Port);
        using (SmtpDialogue client = await node.ConnectAsync())
        {
            await client.BeginAsync("recipient@here.example");
            await client.EndAsync("250 ");
        }
        await node.WaitAsync(() => Task.FromResult(node.Log.Any(l => l.Contains(" delivered ", StringComparison.Ordinal))));
        // The end of a node sends what has gathered.
        await node.StopAsync();
        string id = node.Log.Single(l => l.Contains(" delivered ", StringComparison.Ordinal)).Split(" delivered ")[1].Split(':')[0];
        byte[] sent = await collector.AllAsync();
        Assert.Equal(["deliver", "receive"], NamesIn(sent, Convert.FromHexString(id)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_part_of_messages_that_is_traced_is_the_part_that_was_asked_for_and_the_same_everywhere()
    {
        MessageSampler one = new(0.25), other = new(0.25);
        int taken = 0;
        for (int i = 0; i < 4000; i++)
        {
            ActivityTraceId id = ActivityTraceId.CreateFromString(Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture));
            bool isTaken = Decide(one, id);
            Assert.Equal(isTaken, Decide(other, id));
            taken += isTaken ? 1 : 0;
        }
        Assert.InRange(taken, 850, 1150);
    }

    private static bool Decide(MessageSampler sampler, ActivityTraceId id) =>
        sampler.ShouldSample(new SamplingParameters(default, id, "receive", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample;

    /// <summary>The names of the spans of a trace. Other nodes of this process are heard too; their traces are others.</summary>
    private static List<string> NamesIn(ReadOnlySpan<byte> all, ReadOnlySpan<byte> trace)
    {
        List<string> names = [];
        for (int at = all.IndexOf(trace); at >= 0; at = all.IndexOf(trace))
        {
            all = all[(at + trace.Length)..];
            // Then the ids of the span and of its parent, and the name, field 5: its tag, its length, its octets.
            ReadOnlySpan<byte> name = all[all.IndexOf("*\u0007"u8)..];
            names.Add(Encoding.ASCII.GetString(name.Slice(2, 7)));
        }
        return names;
    }

    /// <summary>Takes OTLP by HTTP.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly MemoryStream _bodies = new();
        private readonly Task _serving;

        public Collector()
        {
            Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Loopback.FreePort()}/v1/traces");
            _listener.Prefixes.Add($"{Url}/");
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Url { get; }

        /// <summary>All that has been sent; after it nothing is taken any more.</summary>
        public async Task<byte[]> AllAsync()
        {
            _listener.Stop();
            await _serving;
            return _bodies.ToArray();
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = await _listener.GetContextAsync();
                    await context.Request.InputStream.CopyToAsync(_bodies);
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
            }
        }
    }
}
