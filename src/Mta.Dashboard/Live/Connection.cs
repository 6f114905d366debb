namespace Mta.Dashboard.Live;

/// <summary>Whether the node answers: said by every question that is asked.</summary>
public sealed class Connection
{
    /// <summary>Raised when it is lost or found again.</summary>
    public event Action? Changed;

    /// <summary>Since when it does not answer; null while it does.</summary>
    public DateTimeOffset? LostSince { get; private set; }

    /// <summary>A question got an answer, or none.</summary>
    public void Saw(bool answered)
    {
        if (answered == LostSince is null)
            return;
        LostSince = answered ? null : DateTimeOffset.UtcNow;
        Changed?.Invoke();
    }
}
