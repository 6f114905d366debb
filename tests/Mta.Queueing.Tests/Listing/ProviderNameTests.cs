using Mta.Queueing.Listing;

namespace Mta.Queueing.Tests.Listing;

/// <summary>Whose hosts a site has, told by the form of its first host's name.</summary>
public sealed class ProviderNameTests
{
    [Theory]
    [InlineData("smtp:mx1.example.com:25,mx2.example.net:25", "example.com")]
    [InlineData("smtp:MX.Mail.Example.CO.UK:2525", "example.co.uk")]
    [InlineData("smtp:mx.example.de:25", "example.de")]
    [InlineData("smtp:mx.co.de:25", "mx.co.de")]
    [InlineData("smtp:localhost:25", "localhost")]
    [InlineData("smtp:192.0.2.1:25", "192.0.2.1")]
    [InlineData("smtp:2001:db8::1:25", "2001:db8::1")]
    [InlineData("smtp:mx1.example.com:25+0123456789abcdef0123456789abcdef", "example.com")]
    [InlineData("lmtpunix:/run/lmtp.sock", "/run/lmtp.sock")]
    [InlineData("maildir:/var/mail", "/var/mail")]
    [InlineData("site-a", "site-a")]
    [InlineData("", "")]
    public void A_provider_is_what_somebody_registers(string site, string provider) => Assert.Equal(provider, ProviderName.Of(site));
}
