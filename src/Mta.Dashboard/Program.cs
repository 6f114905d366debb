using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Mta.Dashboard;
using Mta.Dashboard.Access;
using Mta.Dashboard.Api;
using Mta.Dashboard.Layout;
using Mta.Dashboard.Live;
using Mta.Dashboard.Parts;
using MudBlazor;
using MudBlazor.Services;

WebAssemblyHostBuilder builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.Services.AddMudServices(services => services.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight);
builder.Services
    .AddSingleton(new HttpClient { BaseAddress = new Uri(builder.HostEnvironment.BaseAddress), Timeout = TimeSpan.FromSeconds(20) })
    .AddSingleton<Browser>().AddSingleton<ApiClient>().AddSingleton<Abilities>().AddSingleton<Session>().AddSingleton<Connection>().AddSingleton<Appearance>().AddSingleton<ThroughputLog>()
    .AddScoped<Actions>();
await builder.Build().RunAsync();
