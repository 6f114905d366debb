using System.Security.Cryptography;
using Mta.Protocol.Authentication;
using Xunit;

namespace Mta.Protocol.Tests.Authentication;

public sealed class StoredSecretTests
{
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    [Fact]
    public void A_scram_line_reads_back()
    {
        var made = ScramSecret.Create("pencil", TestUsers.FewIterations);
        var read = TestUsers.Parse(made.ToString());
        Assert.Equal(made.ToString(), read.ToString());
        Assert.True(read.Verify("pencil"));
        Assert.False(read.Verify("Pencil"));
        Assert.False(read.Verify(""));
        Assert.False(read.IsRecoverable);
    }

    // The keys of RFC 7677's example, in the form that PostgreSQL writes.
    [Fact]
    public void The_line_has_the_keys_of_the_standard() => Assert.Equal(
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        ScramSecret.Create("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096).ToString());

    [Fact]
    public void A_new_line_takes_the_default_cost() => Assert.Equal(600_000, ScramSecret.Create("pencil").Iterations);

    [Fact]
    public void A_pbkdf2_line_verifies()
    {
        var hash = Rfc2898DeriveBytes.Pbkdf2("pencil", "sodium"u8, 5000, HashAlgorithmName.SHA256, 32);
        var line = $"$pbkdf2-sha256$i=5000${Convert.ToBase64String("sodium"u8)}${Convert.ToBase64String(hash).TrimEnd('=')}";
        Assert.True(TestUsers.Parse(line).Verify("pencil"));
        Assert.False(TestUsers.Parse(line).Verify("pencils"));
        Assert.Equal(5000, TestUsers.Parse(line).Iterations);
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("$2b$12$abcdefghijklmnopqrstuv")]
    [InlineData("{PLAIN}")]
    [InlineData("{PLAIN}a\nb")]
    [InlineData("SCRAM-SHA-256$4096:c2FsdA==$" + Key)]
    [InlineData("SCRAM-SHA-256$4095:c2FsdA==$" + Key + ":" + Key)]
    [InlineData("SCRAM-SHA-256$99999999:c2FsdA==$" + Key + ":" + Key)]
    [InlineData("SCRAM-SHA-256$x:c2FsdA==$" + Key + ":" + Key)]
    [InlineData("SCRAM-SHA-256$4096:$" + Key + ":" + Key)]
    [InlineData("SCRAM-SHA-256$4096:c2FsdA==$AAAA:" + Key)]
    [InlineData("SCRAM-SHA-256$4096:c2FsdA==$" + Key + ":!!!!")]
    [InlineData("$pbkdf2-sha256$i=4096$c2FsdA==")]
    [InlineData("$pbkdf2-sha256$i=10$c2FsdA==$" + Key)]
    [InlineData("$pbkdf2-sha256$i=4096$c2FsdA==$AAAA")]
    public void A_wrong_line_is_told(string line)
    {
        Assert.False(StoredSecret.TryParse(line, out var secret, out var problem));
        Assert.Null(secret);
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void A_problem_does_not_repeat_the_secret()
    {
        Assert.False(StoredSecret.TryParse("hunter2", out _, out var problem));
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("I\u00ADX", "IX")]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00AA", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("a\u00A0b", "a b")]
    public void Names_are_prepared(string text, string expected)
    {
        // RFC 4013 §3, the examples.
        Assert.True(SaslPrep.TryPrepare(text, out var prepared));
        Assert.Equal(expected, prepared);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0007")]
    [InlineData("\u00AD")]
    [InlineData("ä\u0085")]
    [InlineData("ä\uE000")]
    [InlineData("ä\u202E")]
    [InlineData("ä\uFFFD")]
    public void Prohibited_characters_are_refused(string text) => Assert.False(SaslPrep.TryPrepare(text, out _));

    [Fact]
    public void A_lone_surrogate_is_refused() => Assert.False(SaslPrep.TryPrepare("ä\uD800", out _));

    [Fact]
    public void The_decoy_costs_what_the_users_cost()
    {
        var users = new UserDirectory(new Dictionary<string, StoredSecret>
        {
            ["a"] = ScramSecret.Create("x", 5000),
            ["b"] = ScramSecret.Create("x", 5000),
            ["c"] = ScramSecret.Create("x", 6000),
        });
        Assert.Equal(5000, users.FindScram("nobody").Iterations);
        Assert.False(users.Verify("nobody", "x"));
    }
}
