using System.Net;
using Akka.Actor;
using Akka.Hosting;
using Akka.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Queues;
using Mta.Cluster.Receiving;
using Mta.Protocol.Authentication;
using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

/// <summary>Receiving in a host of its own: real sockets on the loopback, an intake in memory, and clocks that stand until they are moved.</summary>
internal sealed class ReceivingHarness : IAsyncDisposable
{
    public const string User = "tim";
    public const string Password = "tanstaaftanstaaf";
    private readonly WebApplication _app;
    private readonly string _directory = Directory.CreateTempSubdirectory("mta-receiving-").FullName;

    private ReceivingHarness(ReceivingOptions options)
    {
        Options = options;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log).AddFilter("Mta", LogLevel.Debug);
        builder.Services.AddSingleton<IIntake>(Intake);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddReceiving(options, "mx.example.org", _directory);
        builder.Services.AddAkka("test", akka => akka
            .AddHocon("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"", HoconAddMode.Prepend)
            .WithReceiving());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddSmtpListeners());
        _app = builder.Build();
    }

    public FakeIntake Intake { get; } = new();

    public LogLines Log { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public ReceivingOptions Options { get; }

    public ReceivingNode Node => _app.Services.GetRequiredService<ReceivingNode>();

    public IPEndPoint EndPoint => Node.Endpoints[0].Value;

    public ActorSystem System => _app.Services.GetRequiredService<ActorSystem>();

    private TestScheduler Scheduler => (TestScheduler)System.Scheduler;

    public static async Task<ReceivingHarness> StartAsync(Action<ReceivingOptions>? configure = null, ListenerKind kind = ListenerKind.Relay)
    {
        var options = new ReceivingOptions { Listeners = [new ListenerOptions { Kind = kind, Port = 0 }] };
        configure?.Invoke(options);
        Assert.Empty(options.Check());
        var harness = new ReceivingHarness(options);
        await harness._app.StartAsync();
        return harness;
    }

    /// <summary>Users of few iterations, for tests that are not about the cost.</summary>
    public static void WithUser(ReceivingOptions options) =>
        options.Users[User] = ScramSecret.Create(Password, StoredSecret.MinimumIterations).ToString();

    /// <summary>Moves the sessions' timers, in small steps.</summary>
    public void Pass(TimeSpan time)
    {
        const int Steps = 16;
        for (var i = 0; i < Steps; i++)
            Scheduler.Advance(time / Steps);
    }

    /// <summary>Moves the sessions' timers on until something has happened: what a test has sent may come in while they move, and begin a time anew.</summary>
    public async Task<T> PassUntilAsync<T>(Task<T> happens, TimeSpan time)
    {
        while (!happens.IsCompleted)
        {
            Pass(time);
            await Task.WhenAny(happens, Task.Delay(20));
        }
        return await happens;
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
