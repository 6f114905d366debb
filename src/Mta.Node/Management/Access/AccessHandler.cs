using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Mta.Node.Telemetry;

namespace Mta.Node.Management.Access;

/// <summary>Finds out who asks: by bearer token (RFC 6750), by client certificate, or over loopback while nothing is configured.</summary>
internal sealed class AccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessTable access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The name of the only scheme.</summary>
    public const string SchemeName = "mta";

    private const string Bearer = "Bearer ";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string authorization = Request.Headers.Authorization.ToString();
        if (!access.IsOpen && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return Result(access.ByToken(authorization[Bearer.Length..].Trim()), "the token is unknown");
        if (await Context.Connection.GetClientCertificateAsync() is { } certificate)
            return ForeignPage() ? Refuse("a page of another site has asked") : Result(access.ByCertificate(certificate), $"the certificate {certificate.Subject} has no role");
        if (!access.IsOpen)
            return AuthenticateResult.NoResult();
        // What a browser sends by itself must not act in the name of whoever sits before it: neither another site's page, nor a name that was made to lead here.
        return ForeignPage() || !IsLocal() ? Refuse("without tokens only programs on this machine may ask") : Result(AccessTable.OverLoopback(), "");
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        // RFC 6750 §3.
        Response.Headers.WWWAuthenticate = Request.Headers.Authorization.Count > 0 ? "Bearer realm=\"mta\", error=\"invalid_token\"" : "Bearer realm=\"mta\"";
        return Task.CompletedTask;
    }

    private AuthenticateResult Result(ClaimsPrincipal? who, string problem) =>
        who is null ? Refuse(problem) : AuthenticateResult.Success(new AuthenticationTicket(who, SchemeName));

    private AuthenticateResult Refuse(string problem)
    {
        NodeLog.ManagementRefused(Logger, Context.Connection.RemoteIpAddress?.ToString(), Request.Path, problem);
        return AuthenticateResult.Fail(problem);
    }

    private bool IsLocal() =>
        IPAddress.IsLoopback(Context.Connection.RemoteIpAddress ?? IPAddress.None)
        && (Request.Host.Host == "localhost" || (IPAddress.TryParse(Request.Host.Host, out IPAddress? host) && IPAddress.IsLoopback(host)));

    private bool ForeignPage() =>
        Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none")
        || (Request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != $"{Request.Scheme}://{Request.Host}");
}
