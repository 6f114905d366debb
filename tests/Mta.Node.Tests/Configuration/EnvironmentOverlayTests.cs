namespace Mta.Node.Tests.Configuration;

public class EnvironmentOverlayTests
{
    [Fact]
    public void A_variable_wins_over_the_file() =>
        Assert.Equal(9, Sample.Good("server: {workers: 3}", ("MTA__SERVER__WORKERS", "9")).Server.Workers);

    [Fact]
    public void Names_count_without_case() =>
        Assert.Equal(4096, Sample.Good("", ("mta__server__BODYbytes", "4KB")).Server.BodyBytes);

    [Fact]
    public void An_index_changes_an_element_and_the_next_free_index_adds_one()
    {
        SampleOptions options = Sample.Good("",
            ("MTA__PORTS__0__KIND", "submission"), ("MTA__PORTS__1__NUMBER", "465"), ("MTA__SERVER__WORDS__1", "b"), ("MTA__SERVER__NAMES__0", "uno"));
        Assert.Equal([(2525, "submission"), (465, "relay")], options.Ports.Select(p => (p.Number, p.Kind)));
        Assert.Equal(["a", "b"], options.Server.Words);
        Assert.Equal(["uno"], options.Server.Names);
    }

    [Fact]
    public void Ten_elements_are_added_in_the_order_of_their_numbers()
    {
        (string, string)[] variables = [.. Enumerable.Range(0, 12).Reverse().Select(i => ($"MTA__SERVER__NAMES__{i}", $"n{i}"))];
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"n{i}"), Sample.Good("", variables).Server.Names);
    }

    [Fact]
    public void A_map_takes_keys_from_the_name()
    {
        SampleOptions options = Sample.Good("domains:\n  Example.com: {firstRetry: 1m}\n",
            ("MTA__DOMAINS__EXAMPLE.COM__INNER__LOW", "0"), ("MTA__DOMAINS__other.example__FIRSTRETRY", "2s"), ("MTA__LABELS__KEPT", "no"));
        Assert.Equal(["Example.com", "other.example"], options.Domains.Keys.Order());
        Assert.Equal((TimeSpan.FromMinutes(1), 0), (options.Domains["Example.com"].FirstRetry, options.Domains["Example.com"].Inner!.Low));
        Assert.Equal("no", options.Labels["kept"]);
    }

    [Fact]
    public void Other_variables_are_left_alone() =>
        Sample.Good("", ("MTA_CONFIG", "x"), ("MTA_SERVICE_HOST", "10.0.0.1"), ("PATH", "/bin"));

    [Theory]
    [InlineData("MTA__SERVER__WROKERS", "1", "server.WROKERS: unknown key; did you mean 'workers'?")]
    [InlineData("MTA__SERVER__WORKERS", "x", "server.workers: 'x' where a whole number is expected")]
    [InlineData("MTA__SERVER__WORKERS", "0", "server.workers: 0 is out of range; expected 1 to 100")]
    [InlineData("MTA__SERVER__HIGH", "0", "server.low: 1 is above high (0); expected at most that")]
    [InlineData("MTA__SERVER", "0", "server: this is a mapping; name one of its keys, as in environment variable MTA__SERVER__KEY")]
    [InlineData("MTA__SERVER__NAME__MORE", "0", "server.name: this is a single value; there is nothing below it named 'MORE'")]
    [InlineData("MTA__PORTS", "0", "ports: this is a list; the variable's name needs the element's index, as in environment variable MTA__PORTS__0")]
    [InlineData("MTA__PORTS__5__NUMBER", "0", "ports: this is a list of 1; the next free index is 1, not 5")]
    [InlineData("MTA__LABELS", "0", "labels: this is a mapping; the variable's name needs a key, as in environment variable MTA__LABELS__KEY")]
    public void An_error_names_the_variable(string name, string value, string expected)
    {
        string error = Assert.Single(Sample.Errors("", (name, value)));
        // A cross-field check speaks of another key than the variable set; its place is then that of the section.
        string place = expected.StartsWith("server.low", StringComparison.Ordinal) ? "built-in defaults" : $"environment variable {name}";
        Assert.Equal($"{place}: {expected}", error);
    }

    [Fact]
    public void The_same_name_twice_but_for_case_is_refused() =>
        Assert.Equal(["environment variable mta__server__low: the same variable as MTA__SERVER__LOW but for case; set one of them"],
            Sample.Errors("", ("MTA__SERVER__LOW", "1"), ("mta__server__low", "2")));
}
