using Microsoft.AspNetCore.Http.HttpResults;
using Mta.Cluster.Operations;
using Mta.Node.Configuration;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Node.Management;

/// <summary>Which queued mail is meant: all conditions that are given must hold, and at least one must be given.</summary>
/// <param name="Domain">The destination: a domain, an address literal, *.domain for all below it, or * for all.</param>
/// <param name="Sender">The sender's address, *@domain for all of a domain, or &lt;&gt; for the null one.</param>
/// <param name="Recipient">A recipient's address.</param>
/// <param name="OlderThan">Accepted longer ago than this, as in 90m or 2d.</param>
/// <param name="Reason">Deferred last for this reason, as the queues have it.</param>
/// <param name="Reply">Stands in the last reply that deferred it, whatever the case of its letters.</param>
/// <param name="Message">The message's id.</param>
/// <param name="Tenant">Whose mail it is.</param>
/// <param name="Campaign">The mailing that it belongs to.</param>
/// <param name="MessageId">Its Message-ID field, with or without the brackets.</param>
internal sealed record FilterOrder(
    string? Domain, string? Sender, string? Recipient, string? OlderThan, string? Reason, string? Reply, string? Message, string? Tenant = null, string? Campaign = null, string? MessageId = null)
{
    private const int LongestText = 500;

    /// <summary>Held, by whatever; or not held.</summary>
    public bool? Held { get; init; }

    /// <summary>Held by this: the id of a standing hold, or operator for what a job has held.</summary>
    public string? Hold { get; init; }

    /// <summary>The conditions that are given, for the audit log.</summary>
    public override string ToString() => string.Join(' ', Given.Select(g => $"{g.Name}={g.Value}"));

    private IEnumerable<(string Name, string? Value)> Given => new (string Name, string? Value)[]
    {
        ("domain", Domain), ("sender", Sender), ("recipient", Recipient), ("olderThan", OlderThan), ("reason", Reason), ("reply", Reply), ("message", Message),
        ("tenant", Tenant), ("campaign", Campaign), ("messageId", MessageId),
        ("held", Held is { } held ? held ? "true" : "false" : null), ("hold", Hold),
    }.Where(g => !string.IsNullOrEmpty(g.Value));

    /// <summary>The filter; else the problem.</summary>
    public bool TryRead(DateTimeOffset now, out MessageFilter filter, out ProblemHttpResult? problem)
    {
        filter = MessageFilter.All with
        {
            Sender = InCanonicalDomain(Sender),
            Recipient = InCanonicalDomain(Recipient),
            Reply = Reply ?? "",
            Message = Message ?? "",
            Tenant = Tenant ?? "",
            Campaign = Campaign ?? "",
            MessageIdHeader = MessageId is ['<', .. var id, '>'] ? id : MessageId ?? "",
        };
        problem = ProblemOf();
        if (problem is not null)
            return false;
        if (!string.IsNullOrEmpty(Domain) && DomainScope.TryRead(Domain, out string domains))
            filter = filter with { Domains = domains };
        if (!string.IsNullOrEmpty(OlderThan) && DurationText.TryParse(OlderThan, out TimeSpan age))
            filter = filter with { AcceptedBefore = now - age };
        if (DeferralReasons.TryParse(Reason, out DeferralReason reason))
            filter = filter with { Reason = reason };
        filter = filter with { Hold = !string.IsNullOrEmpty(Hold) ? Hold : Held is { } held ? held ? MessageFilter.HeldByAnything : "" : null };
        return true;
    }

    // Names in other scripts stand in envelopes as A-labels.
    private static string InCanonicalDomain(string? address) =>
        address?.LastIndexOf('@') is >= 0 and int at && DomainScope.TryRead(address[(at + 1)..], out string domain) && !domain.StartsWith('*') ? $"{address[..(at + 1)]}{domain}" : address ?? "";

    private ProblemHttpResult? ProblemOf()
    {
        if (!Given.Any())
            return Problems.BadValue("filter", "", "at least one condition; domain * is all mail");
        if (Given.FirstOrDefault(g => g.Value!.Length > LongestText) is { Name: not null } tooLong)
            return Problems.BadValue(tooLong.Name, tooLong.Value!, $"at most {LongestText} characters");
        if (!string.IsNullOrEmpty(Domain) && !DomainScope.TryRead(Domain, out _))
            return Problems.BadValue("domain", Domain, DomainScope.Expected);
        if (!string.IsNullOrEmpty(Sender) && Sender != "<>" && !Sender.Contains('@', StringComparison.Ordinal))
            return Problems.BadValue("sender", Sender, "an address, '*@' and a domain, or '<>'");
        if (!string.IsNullOrEmpty(Recipient) && !Recipient.Contains('@', StringComparison.Ordinal))
            return Problems.BadValue("recipient", Recipient, "an address");
        if (!string.IsNullOrEmpty(OlderThan) && !(DurationText.TryParse(OlderThan, out TimeSpan age) && age <= TimeSpan.FromDays(3650)))
            return Problems.BadValue("olderThan", OlderThan, "a duration such as 90m or 2d, at most 3650d");
        if (!string.IsNullOrEmpty(Reason) && !DeferralReasons.TryParse(Reason, out _))
            return Problems.BadValue("reason", Reason, DeferralReasons.Expected);
        if (!string.IsNullOrEmpty(Hold) && Held is not null)
            return Problems.BadValue("hold", Hold, "either held or hold");
        return string.IsNullOrEmpty(Message) || Queueing.MessageId.TryParse(Message, out _) ? null : Problems.BadValue("message", Message, "32 hexadecimal digits");
    }
}
