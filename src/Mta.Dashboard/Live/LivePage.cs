using System.Net;
using Microsoft.AspNetCore.Components;
using Mta.Dashboard.Access;
using Mta.Dashboard.Api;

namespace Mta.Dashboard.Live;

/// <summary>A page that asks again and again, as long as anybody looks; what goes wrong is said, and the next answer ends it.</summary>
public abstract class LivePage : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>The API.</summary>
    [Inject]
    protected ApiClient Api { get; set; } = null!;

    /// <summary>Who asks.</summary>
    [Inject]
    protected Session Session { get; set; } = null!;

    [Inject]
    private Connection Connection { get; set; } = null!;

    [Inject]
    private Browser Browser { get; set; } = null!;

    /// <summary>What the API said that was no answer; null where it did answer.</summary>
    protected string? Trouble { get; private set; }

    /// <summary>True until the first answer.</summary>
    protected bool IsLoading { get; private set; } = true;

    /// <summary>How often it is asked.</summary>
    protected virtual TimeSpan Interval => TimeSpan.FromSeconds(3);

    /// <summary>Asks, and keeps what the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken cancel);

    /// <summary>Asks at once, out of turn.</summary>
    protected async Task RefreshAsync()
    {
        await LookAsync(_ending.Token);
        StateHasChanged();
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _loop = RunAsync(_ending.Token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _loop;
        _ending.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer ticks = new(Interval);
        try
        {
            do
            {
                if (Browser.IsHidden)
                    continue;
                await LookAsync(cancel);
                StateHasChanged();
            }
            while (await ticks.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        try
        {
            await LoadAsync(cancel);
            Trouble = null;
            IsLoading = false;
            Connection.Saw(answered: true);
        }
        catch (ApiException e)
        {
            Connection.Saw(answered: true);
            Trouble = e.Message;
            IsLoading = false;
            if (e.Status == HttpStatusCode.Unauthorized)
                Session.Refused();
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            Connection.Saw(answered: false);
        }
    }
}
