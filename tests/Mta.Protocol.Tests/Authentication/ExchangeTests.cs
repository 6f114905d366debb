using CsCheck;
using Mta.Protocol.Authentication;
using Xunit;

namespace Mta.Protocol.Tests.Authentication;

/// <summary>Our clients against our servers, for any name and password.</summary>
public sealed class ExchangeTests
{
    private static readonly Gen<string> Word =
        Gen.OneOf(Gen.Char['!', '~'], Gen.Const('ä'), Gen.Const('日'), Gen.Const(','), Gen.Const('='), Gen.Const(' ')).Array[1, 20]
            .Select(chars => new string(chars));

    private static readonly Gen<string> Mechanism = Gen.OneOf(Gen.Const("PLAIN"), Gen.Const("LOGIN"), Gen.Const("SCRAM-SHA-256"));
    private static readonly Gen<string> AnyMechanism = Gen.OneOf(Mechanism, Gen.Const("CRAM-MD5"));

    [Fact]
    public void Every_mechanism_agrees_on_any_name_and_password() =>
        Gen.Select(Word, Word, Mechanism).Sample(
            (user, password, mechanism) => Run(mechanism, TestUsers.Scram(user, password), user, password) == user, iter: 60);

    [Fact]
    public void No_mechanism_takes_another_password() =>
        Gen.Select(Word, Word, Mechanism).Sample(
            (user, password, mechanism) => Run(mechanism, TestUsers.Scram(user, password + "x"), user, password) is null, iter: 60);

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("CRAM-MD5")]
    [InlineData("SCRAM-SHA-256")]
    public void A_recoverable_secret_serves_all(string mechanism)
    {
        var users = TestUsers.Recoverable("tim", "s3cret");
        Assert.Equal("tim", Run(mechanism, users, "tim", "s3cret"));
        Assert.Null(Run(mechanism, users, "tim", "s3crets"));
    }

    [Fact]
    public void Any_bytes_end_without_an_exception() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60], AnyMechanism).Sample(
            (first, second, mechanism) =>
            {
                var server = new SaslServers(TestUsers.Recoverable("tim", "x"), "mx.example", cramMd5: true).Create(mechanism);
                _ = server.Start(true, first);
                return server.Step(second).Outcome is not SaslOutcome.Success;
            });

    [Fact]
    public void Passwords_in_clear_are_offered_under_tls_only()
    {
        var servers = new SaslServers(TestUsers.Scram("tim", "x"), "mx.example", cramMd5: false);
        Assert.Equal(["SCRAM-SHA-256"], servers.Mechanisms(underTls: false));
        Assert.Equal(["SCRAM-SHA-256", "PLAIN", "LOGIN"], servers.Mechanisms(underTls: true));
        Assert.Contains("CRAM-MD5", new SaslServers(TestUsers.Scram("tim", "x"), "mx.example", cramMd5: true).Mechanisms(false));
        Assert.Empty(new SaslServers(UserDirectory.Empty, "mx.example", cramMd5: true).Mechanisms(underTls: true));
    }

    private static string? Run(string mechanism, UserDirectory users, string user, string password)
    {
        var server = new SaslServers(users, "mx.example", cramMd5: true).Create(mechanism);
        var client = SaslClients.Create(mechanism, user, password)!;
        var initial = client.Start();
        var step = server.Start(initial is not null, initial);
        for (var rounds = 0; rounds < 5; rounds++)
        {
            if (step.Outcome is SaslOutcome.Lookup)
                step = ((ISaslVerifier)server).Verify();
            if (step.Outcome is not SaslOutcome.Challenge)
                return step.Outcome is SaslOutcome.Success && client.IsComplete ? step.Identity : null;
            if (client.Step(step.Challenge.Span) is not { } response)
                return null;
            step = server.Step(response);
        }
        return null;
    }
}
