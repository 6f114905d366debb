using System.Net;

namespace Mta.Node.Tests.Configuration;

public class YamlBindingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("server:\nports:\ndomains:\n")]
    [InlineData("---\n...\n")]
    public void What_is_not_given_keeps_its_default(string yaml)
    {
        SampleOptions options = Sample.Good(yaml);
        Assert.Equal("mx", options.Server.Name);
        Assert.Equal(2525, Assert.Single(options.Ports).Number);
    }

    [Fact]
    public void Every_sort_of_value_is_read()
    {
        ServerOptions server = Sample.Good("""
            server:
              name: "mx1.example"
              nickname: null
              databasePassword: s3cret
              enabled: yes
              workers: 7
              factor: 1.5
              idle: 1m30s
              pause: 2h
              bodyBytes: 256KB
              bufferBytes: 1KiB
              colour: darkGreen
              address: ::1
              networks: [192.0.2.0/24, "2001:db8::/32"]
              words: [x, y, z]
              names:
                - first
                - second
            """).Server;
        Assert.Equal(("mx1.example", null, "s3cret"), (server.Name, server.Nickname, server.DatabasePassword));
        Assert.Equal((true, 7, 1.5), (server.Enabled, server.Workers, server.Factor));
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromHours(2)), (server.Idle, server.Pause));
        Assert.Equal((262144, 1024, Colour.DarkGreen), (server.BodyBytes, server.BufferBytes, server.Colour));
        Assert.Equal(IPAddress.IPv6Loopback, server.Address);
        Assert.Equal([IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("2001:db8::/32")], server.Networks);
        Assert.Equal(["x", "y", "z"], server.Words);
        Assert.Equal(["first", "second"], server.Names);
    }

    [Fact]
    public void A_list_replaces_the_default_list()
    {
        SampleOptions options = Sample.Good("ports:\n  - number: 25\n  - {number: 587, kind: submission}\n");
        Assert.Equal([(25, "relay"), (587, "submission")], options.Ports.Select(p => (p.Number, p.Kind)));
    }

    [Fact]
    public void A_map_is_laid_over_the_default_map()
    {
        SampleOptions options = Sample.Good("labels:\n  added: also\ndomains:\n  example.com:\n    firstRetry: 1s\n    inner: {low: 2}\n  bare.example:\n");
        Assert.Equal(["also", "yes"], options.Labels.Values.Order());
        Assert.Equal(TimeSpan.FromSeconds(1), options.Domains["example.com"].FirstRetry);
        Assert.Equal(2, options.Domains["example.com"].Inner?.Low);
        Assert.Equal(TimeSpan.FromMinutes(5), options.Domains["bare.example"].FirstRetry);
    }

    [Fact]
    public void A_reference_to_a_variable_or_file_is_replaced()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "from a file\n");
            ServerOptions server = Sample.Good($$"""
                server:
                  name: ${env:THE_NAME}
                  databasePassword: "Host=x;Password=${file:{{file}}};Name=${env:THE_NAME}"
                  workers: ${env:THE_COUNT}
                """, ("THE_NAME", "mx9"), ("THE_COUNT", "9")).Server;
            Assert.Equal(("mx9", "Host=x;Password=from a file;Name=mx9", 9), (server.Name, server.DatabasePassword, server.Workers));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
