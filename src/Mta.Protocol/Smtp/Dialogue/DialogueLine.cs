namespace Mta.Protocol.Smtp.Dialogue;

/// <summary>A line of a dialogue, as it may be shown.</summary>
/// <param name="From">Who said it.</param>
/// <param name="Text">What, without secrets, without what a message consists of, and without control characters.</param>
/// <param name="Octets">How many octets of content it stands for; 0 for all other lines.</param>
public sealed record DialogueLine(DialogueFrom From, string Text, long Octets = 0);

/// <summary>Who says a line of a dialogue.</summary>
public enum DialogueFrom
{
    /// <summary>The side that connects.</summary>
    Client = 0,

    /// <summary>The side that is connected to.</summary>
    Server = 1,

    /// <summary>Nobody: something has happened to the connection.</summary>
    Event = 2,
}
