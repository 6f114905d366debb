using Mta.Protocol.Authentication;
using Xunit;

namespace Mta.Protocol.Tests.Authentication;

public sealed class PlainAndLoginTests
{
    private static readonly UserDirectory Users = TestUsers.Scram("tim", "tanstaaftanstaaf");

    // RFC 4616 §4, first example.
    [Fact]
    public void Plain_with_initial_response_succeeds()
    {
        var step = TestUsers.Start(new PlainServer(Users), "\0tim\0tanstaaftanstaaf");
        Assert.Equal((SaslOutcome.Success, "tim"), (step.Outcome, step.Identity));
    }

    [Fact]
    public void Plain_without_initial_response_gets_an_empty_challenge()
    {
        var server = new PlainServer(Users);
        Assert.Equal("", TestUsers.Text(TestUsers.Start(server, null)));
        Assert.Equal(SaslOutcome.Success, TestUsers.Step(server, "\0tim\0tanstaaftanstaaf").Outcome);
    }

    [Theory]
    [InlineData("\0tim\0wrong", SaslFailure.InvalidCredentials)]
    [InlineData("\0Tim\0tanstaaftanstaaf", SaslFailure.InvalidCredentials)]
    [InlineData("\0nobody\0tanstaaftanstaaf", SaslFailure.InvalidCredentials)]
    [InlineData("Ursel\0tim\0tanstaaftanstaaf", SaslFailure.InvalidCredentials)]
    [InlineData("", SaslFailure.Malformed)]
    [InlineData("tim", SaslFailure.Malformed)]
    [InlineData("\0tim", SaslFailure.Malformed)]
    [InlineData("\0\0tanstaaftanstaaf", SaslFailure.Malformed)]
    [InlineData("\0tim\0", SaslFailure.Malformed)]
    [InlineData("\0tim\0tanstaaf\0tanstaaf", SaslFailure.Malformed)]
    public void Plain_refuses(string response, SaslFailure failure)
    {
        var step = TestUsers.Start(new PlainServer(Users), response);
        Assert.Equal((SaslOutcome.Failure, failure), (step.Outcome, step.FailureReason));
    }

    [Fact]
    public void Plain_takes_the_users_own_name_as_authorization_identity() =>
        Assert.Equal(SaslOutcome.Success, TestUsers.Start(new PlainServer(Users), "tim\0tim\0tanstaaftanstaaf").Outcome);

    [Fact]
    public void Plain_refuses_text_that_is_not_utf8()
    {
        var step = TestUsers.Step(new PlainServer(Users), [0, (byte)'t', 0, 0xc3, 0x28]);
        Assert.Equal(SaslFailure.Malformed, step.FailureReason);
    }

    [Fact]
    public void Plain_refuses_an_overlong_password() => Assert.Equal(
        SaslFailure.Malformed, TestUsers.Start(new PlainServer(Users), "\0tim\0" + new string('x', 1025)).FailureReason);

    [Fact]
    public void Login_asks_for_name_then_password()
    {
        var server = new LoginServer(Users);
        Assert.Equal("Username:", TestUsers.Text(TestUsers.Start(server, null)));
        Assert.Equal("Password:", TestUsers.Text(TestUsers.Step(server, "tim")));
        Assert.Equal("tim", TestUsers.Step(server, "tanstaaftanstaaf").Identity);
    }

    [Fact]
    public void Login_takes_the_name_with_AUTH()
    {
        var server = new LoginServer(Users);
        Assert.Equal("Password:", TestUsers.Text(TestUsers.Start(server, "tim")));
        Assert.Equal(SaslFailure.InvalidCredentials, TestUsers.Step(server, "wrong").FailureReason);
    }

    [Fact]
    public void A_verifier_without_a_response_fails()
    {
        Assert.Equal(SaslOutcome.Failure, new PlainServer(Users).Verify().Outcome);
        Assert.Equal(SaslOutcome.Failure, new LoginServer(Users).Verify().Outcome);
        Assert.Equal(SaslOutcome.Failure, new CramMd5Server(Users, "<1@a>").Verify().Outcome);
        Assert.Equal(SaslOutcome.Failure, new ScramSha256Server(Users, "x").Verify().Outcome);
    }
}
