using Mta.Node.Configuration;

namespace Mta.Node.Tests.Documentation;

/// <summary>
/// The documented keys and the options are the same list, with the same defaults. With <c>MTA_WRITE_DOCS=1</c> in the environment the tables
/// and the default file are written anew from the doc comments of the options; otherwise they are compared.
/// </summary>
public class ReferenceTests
{
    private const string ReadMe = "cluster-config/README.md";
    private const string Defaults = "cluster-config/mta.yaml";

    static ReferenceTests()
    {
        if (Environment.GetEnvironmentVariable("MTA_WRITE_DOCS") != "1")
            return;
        File.WriteAllText(Repository.At(ReadMe), WithTables(Repository.Read(ReadMe)));
        File.WriteAllText(Repository.At(Defaults), DefaultFile.Render());
    }

    [Fact]
    public void The_tables_are_what_the_options_give() => Same(ReadMe, WithTables(Repository.Read(ReadMe)));

    [Fact]
    public void The_default_file_is_what_the_options_give() => Same(Defaults, DefaultFile.Render());

    [Fact]
    public void Every_key_is_documented_and_every_documented_key_exists() =>
        Assert.Equal(
            KeysOf(typeof(NodeConfiguration), "").Order(StringComparer.Ordinal),
            DocumentedKeys().Select(k => k.Path).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_documented_default_is_the_default()
    {
        foreach ((string path, string written) in DocumentedKeys().Where(k => k.Default != "not set"))
        {
            // The default as it is printed in the table, put into a configuration at the key's place, changes nothing.
            string[] parts = path.Split('.');
            Assert.Equal(Values(Nested(parts[..^1], "{}")), Values(Nested(parts, written.Trim('`'))));
        }
    }

    [Fact]
    public void The_default_file_with_every_key_in_force_is_the_default_configuration()
    {
        string file = Repository.Read(Defaults);
        Assert.Equal(Values(""), Values(file));
        Assert.Equal(Values(""), Values(DefaultFile.Uncommented(file)));
    }

    [Fact]
    public void Every_key_commented_in_the_default_file_exists_and_every_key_is_there()
    {
        BindingRun run = new(new ValueReference(_ => null));
        ConfigurationLoader.Bind(new NodeConfiguration(), DefaultFile.Uncommented(Repository.Read(Defaults)), Defaults, run);
        Assert.Empty(run.Problems);
        // Elements that no list has by default cannot stand in the file.
        IEnumerable<string> shown = KeysOf(typeof(NodeConfiguration), "").Select(key => key.Replace("listeners[]", "listeners[0]", StringComparison.Ordinal))
            .Where(key => !key.Contains("[]", StringComparison.Ordinal) && !key.Contains(OptionTables.FreeKey, StringComparison.Ordinal));
        Assert.All(shown, key => Assert.True(run.Origins.ContainsKey(key), key));
    }

    private static string Nested(string[] path, string value) => path.Reverse().Aggregate(
        value, (inner, part) => part.EndsWith("[]", StringComparison.Ordinal) ? $"{{{part[..^2]}: [{inner}]}}" : $"{{{part}: {inner}}}");

    private static IEnumerable<(string, string)> Values(string yaml)
    {
        BindingRun run = new(new ValueReference(_ => null));
        NodeConfiguration options = new();
        ConfigurationLoader.Bind(options, yaml, "mta.yaml", run);
        Assert.Empty(run.Problems);
        return [.. EffectiveKeys.Of(new LoadedConfiguration(options, null, run))];
    }

    private static void Same(string file, string expected) => Assert.True(
        Repository.Read(file) == expected, $"{file} differs from the options' doc comments; run these tests with MTA_WRITE_DOCS=1 and look at the difference");

    private static string WithTables(string text)
    {
        int begin = text.IndexOf(ReferenceText.Begin, StringComparison.Ordinal) + ReferenceText.Begin.Length;
        return $"{text[..begin]}\n\n{ReferenceText.Render()}{text[text.IndexOf(ReferenceText.End, StringComparison.Ordinal)..]}";
    }

    private static IEnumerable<(string Path, string Default)> DocumentedKeys()
    {
        string section = "";
        foreach (string line in Repository.Read(ReadMe).Split('\n').SkipWhile(line => line != ReferenceText.Begin))
        {
            string[] cells = line.Split(" | ");
            if (line.StartsWith("##", StringComparison.Ordinal))
                section = line.TrimStart('#').Trim().Trim('`');
            else if (line.StartsWith("| `", StringComparison.Ordinal))
                yield return ($"{section}.{cells[0][2..].Trim('`')}", cells[1]);
        }
    }

    private static IEnumerable<string> KeysOf(Type section, string path)
    {
        foreach (OptionProperty property in OptionProperty.Of(section))
        {
            string key = ConfigPath.Key(path, property.Key);
            bool isList = OptionType.IsList(property.Type, out Type element);
            bool isMap = !isList && OptionType.IsMap(property.Type, out element);
            if (!OptionType.IsSection(property.Type))
                yield return key;
            Type? below = OptionType.IsSection(property.Type) ? property.Type : (isList || isMap) && OptionType.IsSection(element) ? element : null;
            foreach (string inner in below is null ? [] : KeysOf(below, isList ? $"{key}[]" : isMap ? $"{key}.{OptionTables.FreeKey}" : key))
                yield return inner;
        }
    }
}
