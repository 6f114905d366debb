using Mta.Cluster.Spool.Search;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>What a database is asked of a filter.</summary>
public sealed class SearchCriteriaTests
{
    [Theory]
    [InlineData("User", "user")]
    [InlineData("δοκιμή", "")]
    [InlineData("aδlongerδbc", "longer")]
    [InlineData("a\\longer\\bc", "longer")]
    [InlineData("a\u0001bc", "bc")]
    [InlineData("", "")]
    public void A_part_is_the_longest_that_stands_in_the_octets_as_it_is(string text, string part) => Assert.Equal(part, SearchCriteria.PartOf(text));

    [Fact]
    public void An_address_is_looked_for_as_it_stands_in_its_blob()
    {
        Assert.Equal("\u000a\u0004anna\u0012\u000bexample.com", SearchCriteria.Of(MessageFilter.All with { Recipient = "Anna@Example.com" }).RecipientPart);
        Assert.Equal("\u0012\u000bexample.com", Assert.Single(SearchCriteria.Of(MessageFilter.All with { Sender = "*@example.com" }).EnvelopeParts));
        Assert.Equal("anna", SearchCriteria.Of(MessageFilter.All with { Recipient = "annaδ@example.com" }).RecipientPart);
        // Tags and lengths are compared as letters are.
        Assert.Equal(["b\u0004acme", "j\u0006spring", "r\u0003a@b"], SearchCriteria.Of(MessageFilter.All with { Tenant = "Acme", Campaign = "spring", MessageIdHeader = "a@b" }).EnvelopeParts);
        Assert.Empty(SearchCriteria.Of(MessageFilter.All with { Sender = "<>" }).EnvelopeParts);
    }

    [Theory]
    [InlineData("*", "", null)]
    [InlineData("*.example.com", "", null)]
    [InlineData("example.com", "", "example.com")]
    [InlineData("*", "anna@Example.COM", "example.com")]
    [InlineData("*.example.com", "anna@a.example.com", "a.example.com")]
    [InlineData("", "", null)]
    public void A_recipient_leaves_one_domain(string domains, string recipient, string? only) =>
        Assert.Equal(only, SearchCriteria.OnlyDomainOf(MessageFilter.All with { Domains = domains, Recipient = recipient }));

    [Fact]
    public void Nothing_outside_ASCII_is_the_same_as_an_ASCII_letter_whatever_the_case()
    {
        // Else a part of ASCII would miss what the filter means.
        for (var c = '\u0080'; c < char.MaxValue; c++)
        {
            for (var letter = 'a'; letter <= 'z'; letter++)
                Assert.False(string.Equals(c.ToString(), letter.ToString(), StringComparison.OrdinalIgnoreCase), $"U+{(int)c:X4}");
        }
    }
}
