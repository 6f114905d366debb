using System.Globalization;

namespace Mta.Dashboard.Api;

/// <summary>Which queued mail is meant: all conditions that are given hold.</summary>
public sealed record Filter
{
    /// <summary>The destination: a domain, *.domain, or *.</summary>
    public string? Domain { get; init; }

    /// <summary>The sender's address, or *@domain.</summary>
    public string? Sender { get; init; }

    /// <summary>A recipient's address.</summary>
    public string? Recipient { get; init; }

    /// <summary>Accepted longer ago than this, as in 90m or 2d.</summary>
    public string? OlderThan { get; init; }

    /// <summary>Deferred last for this reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Stands in the last reply.</summary>
    public string? Reply { get; init; }

    /// <summary>The message's id.</summary>
    public string? Message { get; init; }

    /// <summary>Whose mail it is.</summary>
    public string? Tenant { get; init; }

    /// <summary>The mailing that it belongs to.</summary>
    public string? Campaign { get; init; }

    /// <summary>Its Message-ID field.</summary>
    public string? MessageId { get; init; }

    /// <summary>Whether it is held.</summary>
    public bool? Held { get; init; }

    /// <summary>The path of the list of this mail.</summary>
    public string ListPath(int limit, string? cursor) => "/api/v1/messages" + Query.Of(
        ("domain", Domain), ("sender", Sender), ("recipient", Recipient), ("olderThan", OlderThan), ("reason", Reason), ("reply", Reply), ("message", Message),
        ("tenant", Tenant), ("campaign", Campaign), ("messageId", MessageId), ("held", Held is { } held ? held ? "true" : "false" : null),
        ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor));
}

/// <summary>What is to be done to queued mail.</summary>
public sealed record JobOrder(string Action, Filter Filter, string? Reason);

/// <summary>What is to be suspended.</summary>
public sealed record SuspensionOrder(string? Domain, string? Site, string? For, string? Reason);

/// <summary>What is to be held, now and later.</summary>
public sealed record HoldOrder(Filter Filter, string? For, string? Reason);

/// <summary>Which way mail is to go.</summary>
public sealed record RouteOrder(string Domain, string Via, string? For, string? Reason);

/// <summary>What is to become of a member.</summary>
public sealed record MemberChange(string Operation);

/// <summary>The part of an address behind the question mark.</summary>
public static class Query
{
    /// <summary>The parameters that have a value.</summary>
    public static string Of(params (string Name, string? Value)[] parameters)
    {
        IEnumerable<string> given = parameters.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}");
        string text = string.Join('&', given);
        return text.Length == 0 ? "" : $"?{text}";
    }
}
