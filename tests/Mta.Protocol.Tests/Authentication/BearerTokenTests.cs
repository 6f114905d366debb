using Mta.Protocol.Authentication;
using Xunit;

namespace Mta.Protocol.Tests.Authentication;

public class BearerTokenTests
{
    [Fact]
    public void A_token_fits_its_own_hash_and_no_other()
    {
        var (one, other) = (BearerToken.Create(), BearerToken.Create());
        Assert.NotEqual(one, other);
        Assert.True(one.Length >= BearerToken.MinimumLength);
        Assert.True(BearerToken.IsHash(BearerToken.Hash(one)));
        Assert.True(BearerToken.Matches(BearerToken.Hash(one), one));
        Assert.True(BearerToken.Matches(BearerToken.Hash(one).ToUpperInvariant(), one));
        Assert.False(BearerToken.Matches(BearerToken.Hash(one), other));
    }

    // FIPS 180-4's example.
    [Fact]
    public void The_hash_is_sha256_so_that_any_tool_can_make_it() =>
        Assert.Equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", BearerToken.Hash("abc"));

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("mta_token")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void What_is_no_hash_is_not_taken_for_one(string text) => Assert.False(BearerToken.IsHash(text));
}
