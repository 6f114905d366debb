using System.Text;
using CsCheck;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Grammar;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Grammar;

/// <summary>Mailboxes and paths (RFC 5321 §4.1.2), directly and as the session takes them.</summary>
public sealed class PathTests
{
    private static readonly Gen<string> Dotted =
        Gen.Char["abcXYZ019!#$%&'*+-/=?^_`{|}~"].Array[1, 9].Select(c => new string(c)).Array[1, 4].Select(a => string.Join('.', a));

    private static readonly Gen<string> Domains =
        Gen.Char["abcXYZ019"].Array[1, 9].Select(c => new string(c)).Array[1, 4].Select(a => string.Join('.', a));

    [Theory]
    [InlineData("joe@example.com", "joe", "example.com")]
    [InlineData("Joe.Blow@EXAMPLE.Com", "Joe.Blow", "example.com")]
    [InlineData("\"joe\"@example.com", "joe", "example.com")]
    [InlineData("\"j\\oe\"@example.com", "joe", "example.com")]
    [InlineData("\"a.b\"@example.com", "a.b", "example.com")]
    [InlineData("\"a..b\"@example.com", "\"a..b\"", "example.com")]
    [InlineData("\"a b\"@example.com", "\"a b\"", "example.com")]
    [InlineData("\"a\\\"\\\\b\"@example.com", "\"a\\\"\\\\b\"", "example.com")]
    [InlineData("\"a@b\"@example.com", "\"a@b\"", "example.com")]
    [InlineData("\"\"@example.com", "\"\"", "example.com")]
    [InlineData("a+b=c@x", "a+b=c", "x")]
    [InlineData("a@[192.0.2.001]", "a", "[192.0.2.1]")]
    [InlineData("a@[ipv6:2001:DB8:0:0::1]", "a", "[IPv6:2001:db8::1]")]
    [InlineData("jürgen@bücher.example", "jürgen", "xn--bcher-kva.example")]
    [InlineData("\"jürgen\"@BÜCHER.example", "jürgen", "xn--bcher-kva.example")]
    [InlineData("用户@例え.test", "用户", "xn--r8jz45g.test")]
    [InlineData("a@xn--bcher-KVA.example", "a", "xn--bcher-kva.example")]
    public void A_mailbox_is_read_in_its_canonical_form(string text, string localPart, string domain)
    {
        Assert.True(MailboxSyntax.TryRead(text, out Address address));
        Assert.Equal(new Address(localPart, domain), address);
        Assert.True(MailboxSyntax.TryRead(address.ToString(), out Address again));
        Assert.Equal(address, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@x")]
    [InlineData("a@")]
    [InlineData(".a@x")]
    [InlineData("a.@x")]
    [InlineData("a..b@x")]
    [InlineData("a b@x")]
    [InlineData("a@b@c")]
    [InlineData("a@x.")]
    [InlineData("a@.x")]
    [InlineData("a@x..y")]
    [InlineData("a@-x")]
    [InlineData("a@x-")]
    [InlineData("a@x_y")]
    [InlineData("a@x y")]
    [InlineData("\"a@x")]
    [InlineData("\"a\\\"@x")]
    [InlineData("\"a\"b@x")]
    [InlineData("\"a\u0001\"@x")]
    [InlineData("\"a\\ü\"@x")]
    [InlineData("a@[1.2.3]")]
    [InlineData("a@[1.2.3.4.5]")]
    [InlineData("a@[1.2.3.256]")]
    [InlineData("a@[1.2.3.0x4]")]
    [InlineData("a@[IPv6:]")]
    [InlineData("a@[IPv6:1.2.3.4]")]
    [InlineData("a@[IPv6:::1%eth0]")]
    [InlineData("a@[x-tag:content]")]
    [InlineData("a@[1.2.3.4")]
    [InlineData("a@[]")]
    [InlineData("a@b\u3002c")]
    [InlineData("a@\u200b.example")]
    public void What_is_no_mailbox_is_refused(string text) => Assert.False(MailboxSyntax.TryRead(text, out _));

    [Fact]
    public void Octets_that_are_not_UTF_8_are_refused()
    {
        Assert.False(MailboxSyntax.TryRead([0xff, (byte)'@', (byte)'x'], out _));
        Assert.False(MailboxSyntax.TryRead([(byte)'a', (byte)'@', 0xc3, (byte)'x'], out _));
        Assert.False(MailboxSyntax.TryRead([(byte)'"', 0xc3, (byte)'"', (byte)'@', (byte)'x'], out _));
    }

    [Theory]
    [InlineData(64, 63, true)]
    [InlineData(65, 1, false)]
    [InlineData(1, 64, false)]
    public void A_local_part_has_64_octets_and_a_label_63(int localPart, int label, bool read) =>
        Assert.Equal(read, MailboxSyntax.TryRead($"{new string('a', localPart)}@{new string('b', label)}", out _));

    [Fact]
    public void A_domain_has_255_octets_and_a_path_256()
    {
        string label = new('b', 49);
        string domain = string.Join('.', label, label, label, label, label, "bbbbb"); // 5 * 50 + 5 = 255

        Assert.True(DomainName.TryCanonicalize(domain, out _));
        Assert.False(DomainName.TryCanonicalize(domain + "b", out _));
        Assert.True(Forward($"<{"aa"}@{domain[4..]}>", out _, out _)); // 256
        Assert.False(Forward($"<{"aa"}@{domain[3..]}>", out _, out _)); // 257
    }

    [Theory]
    [InlineData("<@one.example,@two.example:joe@example.com> SIZE=1", "joe@example.com", " SIZE=1")]
    [InlineData("<PostMaster>", "postmaster", "")]
    [InlineData("<postmaster@x>", "postmaster@x", "")]
    [InlineData("<\"a>b\"@x>y", "\"a>b\"@x", "y")]
    public void A_forward_path_leaves_what_follows(string text, string address, string rest)
    {
        Assert.True(Forward(text, out Address read, out string left));
        Assert.Equal((address, rest), (read.ToString(), left));
    }

    [Theory]
    [InlineData("<>")]
    [InlineData("joe@example.com")]
    [InlineData("<joe@example.com")]
    [InlineData("<joe>")]
    [InlineData("<@one.example joe@example.com>")]
    [InlineData("<@one.example,:joe@example.com>")]
    [InlineData("<@:joe@example.com>")]
    [InlineData("<joe@example.com >")]
    public void What_is_no_forward_path_is_refused(string text) => Assert.False(Forward(text, out _, out _));

    [Fact]
    public void The_null_reverse_path_is_read()
    {
        PathReader reader = new("<> SIZE=1"u8);

        Assert.True(reader.TryReadReversePath(out Address address));
        Assert.True(address.IsNull);
        Assert.True(reader.Rest.SequenceEqual(" SIZE=1"u8));
    }

    [Fact]
    public void Addresses_go_round() => Gen.Select(Dotted, Domains).Sample((localPart, domain) =>
    {
        Assert.True(MailboxSyntax.TryRead($"{localPart}@{domain}", out Address address));
        Assert.Equal(new Address(localPart, domain.ToLowerInvariant()), address);
        Assert.True(MailboxSyntax.TryRead($"\"{localPart}\"@{domain}", out Address quoted));
        Assert.Equal(address, quoted);
    });

    [Fact]
    public void Quoted_strings_go_round() => Gen.Char[' ', '~'].Array[0, 30].Sample(chars =>
    {
        string content = new(chars);
        string quoted = content.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        Assert.True(MailboxSyntax.TryRead($"\"{quoted}\"@x.example", out Address address));
        Assert.True(MailboxSyntax.TryRead(address.ToString(), out Address again));
        Assert.Equal(address, again);
        Assert.Equal(content, address.LocalPart[0] == '"' ? Unquote(address.LocalPart) : address.LocalPart);
    });

    [Fact]
    public void Random_text_never_throws() => Gen.Char['\0', '\u0200'].Array[0, 50].Sample(chars =>
    {
        bool read = MailboxSyntax.TryRead(new string(chars), out Address address);
        return !read || (MailboxSyntax.TryRead(address.ToString(), out Address again) && again == address);
    });

    [Theory]
    [InlineData("mail.example.com", true)]
    [InlineData("[192.0.2.1]", true)]
    [InlineData("[IPv6:2001:db8::1]", true)]
    [InlineData("my_pc", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a)b", false)]
    [InlineData("a\rb", false)]
    [InlineData("ü", false)]
    public void A_host_name_has_harmless_characters_only(string name, bool good) =>
        Assert.Equal(good, HostNames.IsAcceptable(Encoding.UTF8.GetBytes(name)));

    private static bool Forward(string text, out Address address, out string rest)
    {
        PathReader reader = new(Encoding.UTF8.GetBytes(text));
        bool read = reader.TryReadForwardPath(out address);
        rest = Encoding.UTF8.GetString(reader.Rest);
        return read;
    }

    private static string Unquote(string quoted)
    {
        StringBuilder text = new();
        for (int i = 1; i < quoted.Length - 1; i++)
            text.Append(quoted[i] == '\\' ? quoted[++i] : quoted[i]);
        return text.ToString();
    }
}
