namespace Mta.Dashboard.Parts;

/// <summary>What is asked before something is done.</summary>
/// <param name="Title">The question.</param>
/// <param name="Confirm">What the button says.</param>
public sealed record Question(string Title, string Confirm)
{
    /// <summary>What it means.</summary>
    public string Text { get; init; } = "";

    /// <summary>How a reason is asked for; empty where none is.</summary>
    public string ReasonLabel { get; init; } = "";

    /// <summary>Whether a length of time is asked for.</summary>
    public bool AsksTime { get; init; }

    /// <summary>What it is to be about, where that is asked; at least one is to be filled in, and the API says which go together.</summary>
    public IReadOnlyList<Place> AsksFor { get; init; } = [];

    /// <summary>Whether it cannot be undone.</summary>
    public bool IsDestructive { get; init; }

    /// <summary>How much mail it is about; null where it is about none.</summary>
    public Func<CancellationToken, Task<long>>? CountAsync { get; init; }
}

/// <summary>Something to fill in.</summary>
/// <param name="Label">What it is called.</param>
public sealed record Place(string Label)
{
    /// <summary>Destinations.</summary>
    public static Place Domain { get; } = new("Domain, *.domain, or * for all");

    /// <summary>A site.</summary>
    public static Place Site { get; } = new("Or a site, as the queues have it");

    /// <summary>Senders.</summary>
    public static Place Sender { get; } = new("Sender, *@domain for all of a domain");

    /// <summary>A recipient.</summary>
    public static Place Recipient { get; } = new("Recipient");

    /// <summary>A way.</summary>
    public static Place Way { get; } = new("Way: host:port, mx, or route: and a configured pattern");
}

/// <summary>What was answered.</summary>
/// <param name="Reason">The reason; null for none.</param>
/// <param name="Time">How long, as in 90m; null for no end.</param>
/// <param name="Places">What was filled in.</param>
public sealed record Answer(string? Reason, string? Time, IReadOnlyDictionary<Place, string> Places)
{
    /// <summary>What was filled in at a place; null where nothing was.</summary>
    public string? Given(Place place) => Places.TryGetValue(place, out string? text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
