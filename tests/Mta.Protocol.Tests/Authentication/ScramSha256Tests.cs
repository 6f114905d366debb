using System.Text;
using Mta.Protocol.Authentication;
using Xunit;

namespace Mta.Protocol.Tests.Authentication;

// RFC 7677 §3, the example.
public sealed class ScramSha256Tests
{
    private const string ClientNonce = "rOprNGfwEbeRWgbNEkqO";
    private const string ServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string ClientFirst = "n,,n=user,r=" + ClientNonce;
    private const string ServerFirst = "r=" + ClientNonce + ServerNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private const string WithoutProof = "c=biws,r=" + ClientNonce + ServerNonce;
    private const string ClientFinal = WithoutProof + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private const string ServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private static readonly UserDirectory Users =
        TestUsers.One("user", ScramSecret.Create("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096));

    private static ScramSha256Server Server() => new(Users, ServerNonce);

    private static ScramSha256Client Client() => new("user", "pencil", () => ClientNonce);

    [Fact]
    public void Server_speaks_the_example()
    {
        var server = Server();
        Assert.Equal(ServerFirst, TestUsers.Text(TestUsers.Start(server, ClientFirst)));
        Assert.Equal(ServerFinal, TestUsers.Text(TestUsers.Step(server, ClientFinal)));
        Assert.Equal("user", TestUsers.Step(server, "").Identity);
    }

    [Fact]
    public void Client_speaks_the_example()
    {
        var client = Client();
        Assert.Equal(ClientFirst, Encoding.UTF8.GetString(client.Start()!));
        Assert.Equal(ClientFinal, Encoding.UTF8.GetString(client.Step(Encoding.UTF8.GetBytes(ServerFirst))!));
        Assert.False(client.IsComplete);
        Assert.Empty(client.Step(Encoding.UTF8.GetBytes(ServerFinal))!);
        Assert.True(client.IsComplete);
    }

    [Theory]
    [InlineData("y,,n=user,r=abc")]
    [InlineData("n,a=user,n=user,r=abc")]
    [InlineData("n,,n=user,r=abc,x=ignored")]
    public void Server_takes_first_messages(string first) =>
        Assert.Equal(SaslOutcome.Challenge, TestUsers.Start(Server(), first).Outcome);

    [Theory]
    [InlineData("", SaslFailure.Malformed)]
    [InlineData("n,,n=user", SaslFailure.Malformed)]
    [InlineData("n,,n=,r=abc", SaslFailure.Malformed)]
    [InlineData("n,,n=us=er,r=abc", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=", SaslFailure.Malformed)]
    [InlineData("n,,n=user,r=a\u007fb", SaslFailure.Malformed)]
    [InlineData("x,,n=user,r=abc", SaslFailure.Malformed)]
    [InlineData("n,b=user,n=user,r=abc", SaslFailure.Malformed)]
    [InlineData("n,,m=ext,n=user,r=abc", SaslFailure.Malformed)]
    [InlineData("n,a=other,n=user,r=abc", SaslFailure.InvalidCredentials)]
    [InlineData("p=tls-unique,,n=user,r=abc", SaslFailure.InvalidCredentials)]
    public void Server_refuses_first_messages(string first, SaslFailure failure)
    {
        var step = TestUsers.Start(Server(), first);
        Assert.Equal((SaslOutcome.Failure, failure), (step.Outcome, step.FailureReason));
    }

    [Theory]
    [InlineData("", SaslFailure.Malformed)]
    [InlineData(WithoutProof, SaslFailure.Malformed)]
    [InlineData(WithoutProof + ",p=", SaslFailure.Malformed)]
    [InlineData(WithoutProof + ",p=AAAA", SaslFailure.Malformed)]
    [InlineData(WithoutProof + ",p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", SaslFailure.InvalidCredentials)]
    [InlineData("c=eSws,r=" + ClientNonce + ServerNonce + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", SaslFailure.InvalidCredentials)]
    [InlineData("c=biws,r=" + ClientNonce + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", SaslFailure.InvalidCredentials)]
    public void Server_refuses_final_messages(string final, SaslFailure failure)
    {
        var server = Server();
        TestUsers.Start(server, ClientFirst);
        var step = TestUsers.Step(server, final);
        Assert.Equal((SaslOutcome.Failure, failure), (step.Outcome, step.FailureReason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=" + ClientNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=" + ClientNonce + ServerNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095")]
    [InlineData("r=" + ClientNonce + ServerNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000")]
    [InlineData("r=" + ClientNonce + ServerNonce + ",s=!,i=4096")]
    [InlineData("m=ext," + ServerFirst)]
    public void Client_cancels_on_a_wrong_first_message(string serverFirst)
    {
        var client = Client();
        client.Start();
        Assert.Null(client.Step(Encoding.UTF8.GetBytes(serverFirst)));
        Assert.False(client.IsComplete);
    }

    [Theory]
    [InlineData("e=invalid-proof")]
    [InlineData("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Client_does_not_believe_a_server_that_does_not_prove_itself(string serverFinal)
    {
        var client = Client();
        client.Start();
        client.Step(Encoding.UTF8.GetBytes(ServerFirst));
        Assert.Null(client.Step(Encoding.UTF8.GetBytes(serverFinal)));
        Assert.False(client.IsComplete);
    }

    [Fact]
    public void An_unknown_user_gets_the_same_salt_each_time()
    {
        var one = TestUsers.Text(TestUsers.Start(Server(), "n,,n=nobody,r=abc"));
        var two = TestUsers.Text(TestUsers.Start(Server(), "n,,n=nobody,r=abc"));
        var other = TestUsers.Text(TestUsers.Start(Server(), "n,,n=noone,r=abc"));
        Assert.Equal(one, two);
        Assert.NotEqual(one, other);
        Assert.EndsWith(",i=4096", one, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pbkdf2_line_does_not_serve_scram()
    {
        var salted = ScramKeys.SaltedPassword("pencil", "salt"u8, 4096);
        var line = $"$pbkdf2-sha256$i=4096${Convert.ToBase64String("salt"u8)}${Convert.ToBase64String(salted)}";
        var users = TestUsers.One("user", TestUsers.Parse(line));
        var client = Client();
        var server = new ScramSha256Server(users, ServerNonce);
        var first = TestUsers.Start(server, Encoding.UTF8.GetString(client.Start()!));
        var step = TestUsers.Step(server, client.Step(first.Challenge.Span)!);
        Assert.Equal(SaslFailure.InvalidCredentials, step.FailureReason);
        Assert.True(users.Verify("user", "pencil"));
    }
}
