using System.Text;
using Mta.Protocol.Authentication;
using Xunit;

namespace Mta.Protocol.Tests.Authentication;

// RFC 2195 §2, the example.
public sealed class CramMd5Tests
{
    private const string Challenge = "<1896.697170952@postoffice.reston.mci.net>";
    private const string Response = "tim b913a602c7eda7a495b4e6e7334d3890";
    private static readonly UserDirectory Users = TestUsers.Recoverable("tim", "tanstaaftanstaaf");

    [Fact]
    public void Server_accepts_the_example()
    {
        var server = new CramMd5Server(Users, Challenge);
        Assert.Equal(Challenge, TestUsers.Text(TestUsers.Start(server, null)));
        Assert.Equal("tim", TestUsers.Step(server, Response).Identity);
    }

    [Fact]
    public void Client_gives_the_example()
    {
        var client = SaslClients.Create("CRAM-MD5", "tim", "tanstaaftanstaaf")!;
        Assert.Null(client.Start());
        Assert.False(client.IsComplete);
        Assert.Equal(Response, Encoding.UTF8.GetString(client.Step(Encoding.ASCII.GetBytes(Challenge))!));
        Assert.True(client.IsComplete);
    }

    [Theory]
    [InlineData("tim b913a602c7eda7a495b4e6e7334d3891", SaslFailure.InvalidCredentials)]
    [InlineData("tom b913a602c7eda7a495b4e6e7334d3890", SaslFailure.InvalidCredentials)]
    [InlineData("tim b913a602c7eda7a495b4e6e7334d38", SaslFailure.Malformed)]
    [InlineData("tim x913a602c7eda7a495b4e6e7334d3890", SaslFailure.Malformed)]
    [InlineData(" b913a602c7eda7a495b4e6e7334d3890", SaslFailure.Malformed)]
    [InlineData("b913a602c7eda7a495b4e6e7334d3890", SaslFailure.Malformed)]
    [InlineData("", SaslFailure.Malformed)]
    public void Server_refuses(string response, SaslFailure failure)
    {
        var server = new CramMd5Server(Users, Challenge);
        TestUsers.Start(server, null);
        Assert.Equal(failure, TestUsers.Step(server, response).FailureReason);
    }

    [Fact]
    public void An_initial_response_is_malformed() =>
        Assert.Equal(SaslFailure.Malformed, TestUsers.Start(new CramMd5Server(Users, Challenge), Response).FailureReason);

    [Fact]
    public void A_hashed_secret_does_not_serve()
    {
        var server = new CramMd5Server(TestUsers.Scram("tim", "tanstaaftanstaaf"), Challenge);
        TestUsers.Start(server, null);
        Assert.Equal(SaslFailure.InvalidCredentials, TestUsers.Step(server, Response).FailureReason);
    }

    [Fact]
    public void Challenges_differ() => Assert.NotEqual(CramMd5Server.NewChallenge("a.example"), CramMd5Server.NewChallenge("a.example"));
}
