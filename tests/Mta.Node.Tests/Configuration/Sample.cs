using Mta.Node.Configuration;

namespace Mta.Node.Tests.Configuration;

/// <summary>Binds YAML and variables onto <see cref="SampleOptions"/> as the loader does it with the real ones.</summary>
internal static class Sample
{
    public static (SampleOptions Options, string[] Errors) Bind(string yaml, params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> environment = variables.ToDictionary(v => v.Name, v => v.Value);
        BindingRun run = new(new ValueReference(environment.GetValueOrDefault));
        SampleOptions options = new();
        ConfigurationLoader.Bind(options, yaml, "mta.yaml", run);
        new EnvironmentOverlay(run).Apply(options, environment);
        ConfigurationLoader.Validate(options, run);
        return (options, [.. run.Problems.Select(p => p.ToString())]);
    }

    public static SampleOptions Good(string yaml, params (string Name, string Value)[] variables)
    {
        (SampleOptions options, string[] errors) = Bind(yaml, variables);
        Assert.Empty(errors);
        return options;
    }

    public static string[] Errors(string yaml, params (string Name, string Value)[] variables) => Bind(yaml, variables).Errors;
}
