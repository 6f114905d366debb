using System.Text;
using Mta.Protocol.Authentication;
using Xunit;

namespace Mta.Protocol.Tests.Authentication;

/// <summary>A user with one secret, few iterations, and the steps of a driver.</summary>
internal static class TestUsers
{
    public const int FewIterations = StoredSecret.MinimumIterations;

    public static UserDirectory Scram(string user, string password) => One(user, ScramSecret.Create(password, FewIterations));

    public static UserDirectory Recoverable(string user, string password) => One(user, Parse("{PLAIN}" + password));

    public static UserDirectory One(string user, StoredSecret secret) =>
        new(new Dictionary<string, StoredSecret> { [user] = secret });

    public static StoredSecret Parse(string line) =>
        StoredSecret.TryParse(line, out var secret, out var problem) ? secret : throw new InvalidOperationException(problem);

    /// <summary>A step with its look-up carried out, as a driver does.</summary>
    public static SaslStep Start(ISaslServer server, string? initial) =>
        Settle(server, server.Start(initial is not null, Encoding.UTF8.GetBytes(initial ?? "")));

    public static SaslStep Step(ISaslServer server, string response) => Step(server, Encoding.UTF8.GetBytes(response));

    public static SaslStep Step(ISaslServer server, byte[] response) => Settle(server, server.Step(response));

    public static string Text(SaslStep step)
    {
        Assert.Equal(SaslOutcome.Challenge, step.Outcome);
        return Encoding.UTF8.GetString(step.Challenge.Span);
    }

    private static SaslStep Settle(ISaslServer server, SaslStep step) =>
        step.Outcome is SaslOutcome.Lookup ? ((ISaslVerifier)server).Verify() : step;
}
