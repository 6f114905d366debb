using Mta.Cluster.Delivery.Maildir;
using Mta.Protocol.Smtp;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Maildir;

public sealed class MaildirPathTests
{
    private const string Template = "/srv/%{domain}/%{local}/Maildir";

    [Theory]
    [InlineData("Alice", "Example.com", "/srv/example.com/alice/Maildir")]
    [InlineData("\"quoted name\"", "example.com", "/srv/example.com/quoted name/Maildir")]
    [InlineData("\"a\\\"b\"", "example.com", "/srv/example.com/a\"b/Maildir")]
    [InlineData("a+b.c", "[192.0.2.1]", "/srv/[192.0.2.1]/a+b.c/Maildir")]
    [InlineData("b\u00fccher", "example.com", "/srv/example.com/b\u00fccher/Maildir")]
    [InlineData("%{domain}", "example.com", "/srv/example.com/%{domain}/Maildir")]
    public void A_recipient_has_a_directory(string local, string domain, string expected) =>
        Assert.Equal(expected, MaildirPath.Expand(Template, new Address(local, domain)));

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("\"../../etc\"")]
    [InlineData("\"\\.\\./x\"")]
    [InlineData("\"\"")]
    [InlineData("\"a\\\u0000\"")]
    [InlineData("\"a\u0007\"")]
    public void What_would_leave_the_directory_or_hide_in_it_has_none(string local) =>
        Assert.Null(MaildirPath.Expand(Template, new Address(local, "example.com")));

    [Fact]
    public void A_name_has_at_most_255_octets()
    {
        Assert.NotNull(MaildirPath.Expand(Template, new Address(new string('a', 255), "example.com")));
        Assert.Null(MaildirPath.Expand(Template, new Address(new string('a', 256), "example.com")));
        Assert.Null(MaildirPath.Expand(Template, new Address(new string('\u00fc', 128), "example.com")));
    }

    [Fact]
    public void Postmaster_without_a_domain_has_a_directory_only_where_the_domain_is_no_part_of_it()
    {
        Assert.Null(MaildirPath.Expand(Template, new Address("postmaster", "")));
        Assert.Equal("/srv/postmaster", MaildirPath.Expand("/srv/%{local}", new Address("postmaster", "")));
    }

    [Theory]
    [InlineData("/srv/mail", null)]
    [InlineData("/srv/%{local}/%{domain}/%{local}", null)]
    [InlineData("/srv/%{local}/%{user}", "%{user}")]
    [InlineData("/srv/%{LOCAL}", "%{LOCAL}")]
    [InlineData("/srv/%{local", "%{local")]
    [InlineData("/srv/%u", null)]
    public void A_variable_that_is_none_is_named(string template, string? expected) => Assert.Equal(expected, MaildirPath.FirstUnknownVariable(template));
}
