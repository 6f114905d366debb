using CsCheck;

namespace Mta.Queueing.Tests;

public sealed class DomainTableTests
{
    private static readonly DomainTable<string> Table = new("default", new Dictionary<string, string>
    {
        ["example.com"] = "exact",
        ["*.example.com"] = "below",
        ["*.sub.example.com"] = "further below",
        ["*.org"] = "org",
        ["[192.0.2.1]"] = "literal",
    });

    [Theory]
    [InlineData("example.com", "exact")]
    [InlineData("EXAMPLE.com", "exact")]
    [InlineData("a.example.com", "below")]
    [InlineData("a.b.example.com", "below")]
    [InlineData("sub.example.com", "below")]
    [InlineData("a.sub.example.com", "further below")]
    [InlineData("notexample.com", "default")]
    [InlineData("com", "default")]
    [InlineData("any.org", "org")]
    [InlineData("org", "default")]
    [InlineData("[192.0.2.1]", "literal")]
    [InlineData("[192.0.2.2]", "default")]
    [InlineData("", "default")]
    public void The_nearest_pattern_decides(string domain, string expected) => Assert.Equal(expected, Table.For(domain));

    [Theory]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".example.com")]
    [InlineData("example.com.")]
    [InlineData("a.*.example.com")]
    [InlineData("bücher.example")]
    [InlineData("[]")]
    [InlineData("[192.0.2.1")]
    [InlineData("a b.example")]
    public void What_is_no_pattern_is_refused_by_name(string pattern)
    {
        Assert.False(DomainPattern.IsValid(pattern));
        var thrown = Assert.Throws<FormatException>(() => new DomainTable<int>(0, [new(pattern, 1)]));
        Assert.Contains($"\"{pattern}\"", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_has_at_most_63_characters_and_a_name_253()
    {
        var label = new string('a', 63);
        Assert.True(DomainPattern.IsValid(label));
        Assert.False(DomainPattern.IsValid(label + "a"));
        Assert.True(DomainPattern.IsValid($"{label}.{label}.{label}.{label[..61]}"));
        Assert.False(DomainPattern.IsValid($"{label}.{label}.{label}.{label[..62]}"));
    }

    [Fact]
    public void A_pattern_that_stands_twice_is_refused() =>
        Assert.Throws<FormatException>(() => new DomainTable<int>(0, [new("a.example", 1), new("A.example", 2)]));

    [Fact]
    public void A_table_answers_for_any_text_at_all() =>
        Gen.String.Sample(text => Assert.Contains(Table.For(text), Table.Values));
}
