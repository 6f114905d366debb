using Mta.Dashboard.Api;

namespace Mta.Dashboard.Access;

/// <summary>Who sits before the page: asked of the API, which alone decides what they may.</summary>
/// <param name="api">The API.</param>
public sealed class Session(ApiClient api)
{
    private const string None = "none";
    private const string Operator = "operator";

    /// <summary>Raised when it has changed.</summary>
    public event Action? Changed;

    /// <summary>What the API says; null until it has answered.</summary>
    public Self? Self { get; private set; }

    /// <summary>True where it is known who asks.</summary>
    public bool IsSignedIn => Self is not null && Self.Role != None;

    /// <summary>True where actions are allowed.</summary>
    public bool MayAct => Self?.Role == Operator;

    /// <summary>True where there is something to sign out of.</summary>
    public bool HasToken => api.HasToken;

    /// <summary>Why an action is not allowed; empty where it is.</summary>
    public string WhyNot => MayAct ? "" : "This needs the role operator; you are a viewer";

    /// <summary>Asks who asks.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        Self = await api.GetAsync<Self>("/api/v1/me", cancel);
        Changed?.Invoke();
    }

    /// <summary>Tries a token, and keeps it for this tab where it is known.</summary>
    /// <returns>False where it is not.</returns>
    public async Task<bool> SignInAsync(string token, CancellationToken cancel)
    {
        string? before = api.Token;
        api.Token = token;
        await LookAsync(cancel);
        if (!IsSignedIn)
            api.Token = before;
        return IsSignedIn;
    }

    /// <summary>Forgets the token.</summary>
    public void SignOut()
    {
        api.Token = null;
        Refused();
    }

    /// <summary>The API has refused what was known: it has to be asked again.</summary>
    public void Refused()
    {
        Self = Self is null ? null : Self with { Role = None };
        Changed?.Invoke();
    }
}
