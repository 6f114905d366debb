using Microsoft.AspNetCore.Http.HttpResults;
using Mta.Cluster.Audit;
using Mta.Node.Telemetry;

namespace Mta.Node.Management.Audit;

/// <summary>
/// Records what an operator does: before it is done, and how it ended. What the log does not take is not done. The record names the action, what the path names, and the parameters.
/// </summary>
/// <param name="action">The action, as in <c>node.drain</c>.</param>
internal sealed class AuditedAction(string action) : IEndpointFilter
{
    private const int LongestName = 200;

    /// <summary>The action.</summary>
    public string Action => action;

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        IServiceProvider services = http.RequestServices;
        IAuditLog audit = services.GetRequiredService<IAuditLog>();
        TimeProvider clock = services.GetRequiredService<TimeProvider>();
        AuditAction record = RecordOf(context, services.GetRequiredService<NodeOptions>().EffectiveHostName(), clock.GetUtcNow());
        long id;
        try
        {
            id = await audit.BeginAsync(record, http.RequestAborted);
        }
        catch (AuditUnavailableException e)
        {
            return Problems.Unavailable($"nothing was done: {e.Message}");
        }
        string outcome = "failed";
        try
        {
            object? result = await next(context);
            outcome = OutcomeOf(result, http.Response.StatusCode);
            return result;
        }
        catch (Exception e)
        {
            outcome = $"failed: {e.Message}";
            throw;
        }
        finally
        {
            await EndAsync(services, audit, id, record, outcome, clock);
        }
    }

    // The action has been done, whoever still listens; its end is recorded without regard to that.
    private static async Task EndAsync(IServiceProvider services, IAuditLog audit, long id, AuditAction record, string outcome, TimeProvider clock)
    {
        ILogger log = services.GetRequiredService<ILogger<AuditedAction>>();
        NodeLog.OperatorActed(log, record.Who, record.Origin, record.Action, record.Target, record.Detail, outcome);
        try
        {
            await audit.EndAsync(id, clock.GetUtcNow(), outcome, CancellationToken.None);
        }
        catch (AuditUnavailableException e)
        {
            NodeLog.OutcomeNotRecorded(log, id, e.Message);
        }
    }

    private AuditAction RecordOf(EndpointFilterInvocationContext context, string node, DateTimeOffset now)
    {
        HttpContext http = context.HttpContext;
        string target = string.Join(' ', http.Request.RouteValues.Select(v => v.Value?.ToString()));
        return new AuditAction(
            now, Cut(http.User.Identity?.Name ?? "", LongestName), http.Connection.RemoteIpAddress?.ToString() ?? "", node, action, target, Detail(context));
    }

    private static string Detail(EndpointFilterInvocationContext context)
    {
        IEnumerable<string> bodies = context.Arguments.OfType<IAudited>().Select(a => a.Audit);
        string query = context.HttpContext.Request.QueryString.ToString().TrimStart('?');
        return string.Join(' ', bodies.Append(query).Where(part => part.Length > 0));
    }

    // A body that cannot be read has set the status before, and no handler has run.
    private static string OutcomeOf(object? result, int status)
    {
        object? inner = result is INestedHttpResult nested ? nested.Result : result;
        return inner switch
        {
            ProblemHttpResult problem => $"refused, {problem.StatusCode}: {problem.ProblemDetails.Detail}",
            IValueHttpResult { Value: IAudited told } => told.Audit,
            IStatusCodeHttpResult { StatusCode: >= 400 } failed => $"refused, {failed.StatusCode}",
            _ => status >= StatusCodes.Status400BadRequest ? $"refused, {status}" : "done",
        };
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}

/// <summary>A body or an answer that says of itself what the audit log keeps.</summary>
internal interface IAudited
{
    /// <summary>A few words.</summary>
    string Audit { get; }
}

/// <summary>Gives routes their record.</summary>
internal static class AuditedRoutes
{
    /// <summary>Records whoever calls the route.</summary>
    public static RouteHandlerBuilder Audited(this RouteHandlerBuilder route, string action)
    {
        AuditedAction filter = new(action);
        return route.AddEndpointFilter(filter).WithMetadata(filter).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }
}
