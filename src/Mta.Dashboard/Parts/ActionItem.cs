namespace Mta.Dashboard.Parts;

/// <summary>An action that can be chosen.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Icon">Its sign.</param>
/// <param name="Act">Does it.</param>
/// <param name="IsDestructive">Whether it cannot be undone.</param>
public sealed record ActionItem(string Name, string Icon, Func<Task> Act, bool IsDestructive = false)
{
    /// <summary>Whether the node that answers can do it.</summary>
    public bool IsThere { get; init; } = true;
}
