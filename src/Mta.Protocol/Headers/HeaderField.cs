namespace Mta.Protocol.Headers;

/// <summary>A field of a message's header section.</summary>
/// <param name="Name">Its name, as it was written; empty for a line that is no field.</param>
/// <param name="Value">Its value, unfolded (RFC 5322 §2.2.3), without white space around it; encoded words are left as they are.</param>
public sealed record HeaderField(string Name, string Value);
