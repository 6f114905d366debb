namespace Mta.Dashboard.Parts;

/// <summary>Something that operators have ordered, and that holds until it ends.</summary>
/// <param name="Id">Its id.</param>
/// <param name="What">Which mail.</param>
/// <param name="How">What becomes of it; empty where the table's name says that.</param>
/// <param name="Since">Since when.</param>
/// <param name="Until">Until when; null where it does not end by itself.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">Why.</param>
/// <param name="End">Ends it.</param>
public sealed record StandingRule(string Id, string What, string How, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason, Func<Task> End);
