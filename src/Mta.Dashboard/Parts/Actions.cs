using Mta.Dashboard.Api;
using MudBlazor;

namespace Mta.Dashboard.Parts;

/// <summary>What an operator does, with the question that goes before it and the word that follows.</summary>
/// <param name="api">The API, which checks the role and keeps the record.</param>
/// <param name="dialogs">Shows the question.</param>
/// <param name="words">Shows what came of it.</param>
public sealed class Actions(ApiClient api, IDialogService dialogs, ISnackbar words)
{
    private const string ForOperators = "Reason, for other operators";
    private static readonly DialogOptions Options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };

    /// <summary>Tries mail now.</summary>
    public Task<bool> RetryAsync(string what, Filter filter) => JobAsync("retry", filter, new Question($"Retry {what} now?", "Try now")
    {
        Text = "Mail that waits for its next time is due at once.",
    });

    /// <summary>Keeps mail that is queued from being tried, until it is released.</summary>
    public Task<bool> HoldAsync(string what, Filter filter) => JobAsync("hold", filter, new Question($"Hold {what}?", "Hold")
    {
        Text = "What is queued now is neither attempted nor given up until it is released.",
    });

    /// <summary>Releases mail that is held.</summary>
    public Task<bool> ReleaseAsync(string what, Filter filter) => JobAsync("release", filter, new Question($"Release {what}?", "Release")
    {
        Text = "What is held by operators goes its way again.",
    });

    /// <summary>Returns mail to its senders.</summary>
    public Task<bool> BounceAsync(string what, Filter filter) => JobAsync("bounce", filter, new Question($"Bounce {what}?", "Bounce")
    {
        Text = "It is given up, and its senders are told so.",
        ReasonLabel = "Reason, for the senders",
        IsDestructive = true,
    });

    /// <summary>Takes mail out without a word.</summary>
    public Task<bool> DropAsync(string what, Filter filter) => JobAsync("drop", filter, new Question($"Drop {what}?", "Drop")
    {
        Text = "It is taken out of the queues for good, and nobody is told.",
        IsDestructive = true,
    });

    /// <summary>Suspends a domain, or what is named.</summary>
    public async Task<bool> SuspendAsync(string? domain)
    {
        Question question = new(domain is null ? "Suspend destinations" : $"Suspend {domain}?", "Suspend")
        {
            Text = "Mail is taken and kept, and not delivered, until it is resumed or the time is over.",
            ReasonLabel = ForOperators,
            AsksTime = true,
            AsksFor = domain is null ? [Place.Domain, Place.Site] : [],
        };
        return await AskAsync(question) is { } answer && await DoAsync("Suspended", () => api.OrderAsync(
            HttpMethod.Post, "/api/v1/suspensions", new SuspensionOrder(domain ?? answer.Given(Place.Domain), answer.Given(Place.Site), answer.Time, answer.Reason)));
    }

    /// <summary>Ends a suspension.</summary>
    public Task<bool> ResumeAsync(SuspensionLine suspension) => EndAsync(
        new Question($"Resume {suspension.Name}?", "Resume") { Text = "What waited is delivered." }, "Resumed", $"/api/v1/suspensions/{Uri.EscapeDataString(suspension.Id)}");

    /// <summary>Holds what is queued and what comes.</summary>
    public async Task<bool> StandingHoldAsync()
    {
        Question question = new("Hold mail, also what comes", "Hold")
        {
            Text = "What is queued and what comes is neither attempted nor given up until the hold ends. All that is filled in must fit.",
            ReasonLabel = ForOperators,
            AsksTime = true,
            AsksFor = [Place.Domain, Place.Sender, Place.Recipient],
        };
        return await AskAsync(question) is { } answer && await DoAsync("Held", () => api.OrderAsync(HttpMethod.Post, "/api/v1/holds", new HoldOrder(
            new Filter { Domain = answer.Given(Place.Domain), Sender = answer.Given(Place.Sender), Recipient = answer.Given(Place.Recipient) }, answer.Time, answer.Reason)));
    }

    /// <summary>Ends a hold.</summary>
    public Task<bool> EndHoldAsync(HoldLine hold) => EndAsync(
        new Question($"Release {hold.Meant}?", "Release") { Text = "What it holds is released, unless another hold holds it too." }, "Released", $"/api/v1/holds/{Uri.EscapeDataString(hold.Id)}");

    /// <summary>Leads mail another way, what is queued and what comes.</summary>
    public async Task<bool> RouteAsync()
    {
        Question question = new("Lead mail another way", "Lead")
        {
            Text = "What is queued and what comes goes that way until the route ends.",
            ReasonLabel = ForOperators,
            AsksTime = true,
            AsksFor = [Place.Domain, Place.Way],
        };
        return await AskAsync(question) is { } answer && await DoAsync("The route stands", () => api.OrderAsync(
            HttpMethod.Post, "/api/v1/routes", new RouteOrder(answer.Given(Place.Domain) ?? "", answer.Given(Place.Way) ?? "", answer.Time, answer.Reason)));
    }

    /// <summary>Ends a standing route.</summary>
    public Task<bool> EndRouteAsync(RouteLine route) => EndAsync(
        new Question($"End the route of {route.Domain}?", "End") { Text = "Configuration and DNS decide again." }, "The route has ended", $"/api/v1/routes/{Uri.EscapeDataString(route.Id)}");

    /// <summary>Drains a node, or lets it take mail again.</summary>
    public async Task<bool> DrainAsync(NodeStatus node, bool drains) =>
        await AskAsync(new Question(drains ? $"Drain {node.Name}?" : $"Let {node.Name} take mail again?", drains ? "Drain" : "Take mail")
        {
            Text = drains ? "It takes no new mail and opens no new connections; it stays a member and goes on with what it owns." : "It takes new mail and opens connections again.",
        }) is not null
        && await DoAsync(drains ? $"{node.Name} drains" : $"{node.Name} takes mail", () => api.OrderAsync(drains ? HttpMethod.Post : HttpMethod.Delete, $"/api/v1/nodes/{Uri.EscapeDataString(node.Node)}/drain"));

    /// <summary>Lets a member leave, or declares it dead.</summary>
    public async Task<bool> ChangeMemberAsync(NodeStatus node, bool isDead) =>
        await AskAsync(new Question(isDead ? $"Declare {node.Name} dead?" : $"Let {node.Name} leave?", isDead ? "Down" : "Leave")
        {
            Text = isDead ? "Others take over what it owned. If it still lives, it ends." : "It hands over what it owns, leaves the cluster and ends.",
            IsDestructive = true,
        }) is not null
        && await DoAsync(isDead ? $"{node.Name} is declared dead" : $"{node.Name} leaves", () => api.OrderAsync(
            HttpMethod.Put, $"/cluster/members/{Uri.EscapeDataString(node.Node)}", new MemberChange(isDead ? "down" : "leave")));

    private async Task<bool> JobAsync(string action, Filter filter, Question question)
    {
        // The count of a search is that of a job with the same conditions, ordered now. It is asked for by GET: an older node would take a dry run for an order.
        Filter counted = action switch { "hold" => filter with { Held = false }, "release" => filter with { Held = true }, _ => filter };
        question = question with { CountAsync = async cancel => (await api.GetAsync<MessageList>(counted.ListPath(1, null), cancel)).Count };
        return await AskAsync(question) is { } answer && await DoAsync(
            $"Ordered: {action}. Jobs show how far it is.", () => api.OrderAsync(HttpMethod.Post, "/api/v1/jobs", new JobOrder(action, filter, answer.Reason)));
    }

    private async Task<bool> EndAsync(Question question, string done, string path) =>
        await AskAsync(question) is not null && await DoAsync(done, () => api.OrderAsync(HttpMethod.Delete, path));

    private async Task<Answer?> AskAsync(Question question)
    {
        IDialogReference dialog = await dialogs.ShowAsync<QuestionDialog>(question.Title, new DialogParameters<QuestionDialog> { { d => d.Question, question } }, Options);
        return await dialog.Result is { Canceled: false, Data: Answer answer } ? answer : null;
    }

    private async Task<bool> DoAsync(string done, Func<Task> action)
    {
        try
        {
            await action();
            words.Add(done, Severity.Success);
            return true;
        }
        catch (ApiException e)
        {
            words.Add($"Not done: {e.Message}", Severity.Error);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            words.Add("The node did not answer; whether it has been done, the audit log says.", Severity.Error);
        }
        return false;
    }
}
