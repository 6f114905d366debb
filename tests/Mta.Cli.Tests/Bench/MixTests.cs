using Mta.Cli.Bench;

namespace Mta.Cli.Tests.Bench;

/// <summary>What the texts of domains, sizes and addresses mean.</summary>
public sealed class MixTests
{
    [Fact]
    public void Uniform_domains_share_the_interval_evenly()
    {
        var mix = DomainMix.Parse("uniform:4");
        Assert.Equal(["d0.test", "d1.test", "d2.test", "d3.test"], mix.Names);
        Assert.Equal([0, 0, 1, 2, 3, 3], new[] { 0, 0.24, 0.25, 0.5, 0.75, 0.9999 }.Select(mix.At));
    }

    [Fact]
    public void Zipf_gives_the_second_half_as_much_as_the_first()
    {
        var mix = DomainMix.Parse("zipf:2");
        Assert.Equal(0, mix.At(0.66));
        Assert.Equal(1, mix.At(0.67));
        Assert.Equal(1, DomainMix.Parse("zipf:2:2").At(0.81));
        Assert.Equal(0, DomainMix.Parse("zipf:2:2").At(0.79));
    }

    [Fact]
    public void A_list_gives_each_domain_its_weight()
    {
        var mix = DomainMix.Parse("big.test=3,small.test");
        Assert.Equal(["big.test", "small.test"], mix.Names);
        Assert.Equal([0, 1], new[] { 0.74, 0.76 }.Select(mix.At));
    }

    [Theory]
    [InlineData("uniform:0")]
    [InlineData("uniform:x")]
    [InlineData("zipf:3:0")]
    [InlineData("a:b:c:d")]
    [InlineData("a.test=0")]
    [InlineData("a.test=-1")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a>.test")]
    public void What_names_no_domains_is_said(string text) => Assert.Throws<FormatException>(() => DomainMix.Parse(text));

    [Fact]
    public void Sizes_have_units_and_weights()
    {
        var mix = SizeMix.Parse("10k=70,100k=30");
        Assert.Equal([10_000, 100_000], mix.Sizes);
        Assert.Equal([0, 1], new[] { 0.69, 0.71 }.Select(mix.At));
        Assert.Equal([2_000_000, 77], SizeMix.Parse("2M,77").Sizes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("0")]
    [InlineData("2g")]
    [InlineData("10k=")]
    [InlineData("2000m")]
    public void What_is_no_size_is_said(string text) => Assert.Throws<FormatException>(() => SizeMix.Parse(text));

    [Fact]
    public void An_address_is_filled_in()
    {
        var pattern = AddressPattern.Parse("s{session}-{id}@mail.{domain}");
        var output = new byte[AddressPattern.Longest];
        var length = pattern.Write(output, 42, "d.test"u8, 7);
        Assert.Equal("s7-42@mail.d.test", System.Text.Encoding.ASCII.GetString(output, 0, length));
        Assert.True(pattern.HasId);
        Assert.False(AddressPattern.Parse("plain@d.test").HasId);
        Assert.Equal("@mail.".Length + 2 + 6 + 19 + 19, pattern.LongestWith(6));
    }

    [Theory]
    [InlineData("a{nothing}@d.test")]
    [InlineData("a{id@d.test")]
    [InlineData("a b@d.test")]
    [InlineData("a>@d.test")]
    [InlineData("a\r\nRSET@d.test")]
    public void What_is_no_address_is_said(string text) => Assert.Throws<FormatException>(() => AddressPattern.Parse(text));

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(270)]
    [InlineData(271)]
    [InlineData(272)]
    [InlineData(273)]
    [InlineData(10_000)]
    public void A_message_has_its_size_and_ends_with_its_only_dot(int size)
    {
        var body = new MessageText(size).Body.Span;
        var header = new byte[MessageText.HeaderCapacity];
        var length = MessageText.WriteHeader(header, "sender@bench.test"u8, "m12345@d17.test"u8, 12345);
        var whole = System.Text.Encoding.ASCII.GetString(header, 0, length) + System.Text.Encoding.ASCII.GetString(body);
        Assert.EndsWith("\r\n.\r\n", whole, StringComparison.Ordinal);
        Assert.Equal(whole.Length - 5, whole.IndexOf("\r\n.", StringComparison.Ordinal));
        Assert.Equal(whole.Count(c => c == '\n'), whole.Split("\r\n").Length - 1);
        Assert.Equal(whole.Count(c => c == '\r'), whole.Count(c => c == '\n'));
        if (size >= 200)
            Assert.InRange(whole.Length - 3, size - 20, size + 20);
    }

    [Fact]
    public void A_message_of_a_number_is_the_same_in_each_run_and_the_weights_hold()
    {
        var plan = new BenchPlan
        {
            Servers = [new System.Net.IPEndPoint(0, 1)],
            Domains = DomainMix.Parse("a.test=3,b.test=1"),
            Sizes = SizeMix.Parse("1k,2k"),
        };
        var messages = Enumerable.Range(0, 20_000).Select(id => BenchMessage.Of(plan, id)).ToList();
        Assert.Equal(messages, Enumerable.Range(0, 20_000).Select(id => BenchMessage.Of(plan, id)));
        Assert.InRange(messages.Count(m => m.Domain == 0), 14_700, 15_300);
        // Domain and size are independent of each other.
        Assert.InRange(messages.Count(m => m is { Domain: 0, Size: 0 }), 7_300, 7_700);
    }
}
