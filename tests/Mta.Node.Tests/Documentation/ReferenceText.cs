using System.Text;

namespace Mta.Node.Tests.Documentation;

/// <summary>The tables of <c>cluster-config/README.md</c>.</summary>
internal static class ReferenceText
{
    /// <summary>The line before the tables.</summary>
    public const string Begin = "<!-- keys: begin -->";

    /// <summary>The line after the tables.</summary>
    public const string End = "<!-- keys: end -->";

    /// <summary>All tables, as they stand between <see cref="Begin"/> and <see cref="End"/>.</summary>
    public static string Render() => string.Concat(OptionTables.All.Select(Section));

    private static string Section(OptionTable table)
    {
        StringBuilder text = new();
        string level = table.Path.Contains('.', StringComparison.Ordinal) ? "###" : "##";
        text.Append(level).Append(" `").Append(table.Path).Append("`\n\n").Append(table.Summary).Append("\n\n");
        text.Append("| key | default | values | meaning |\n| --- | --- | --- | --- |\n");
        foreach (OptionKey key in table.Keys)
            text.Append("| `").Append(key.Property.Key).Append("` | ").Append(Default(key)).Append(" | ").Append(Cell(key.Values)).Append(" | ").Append(Cell(key.Meaning)).Append(" |\n");
        text.Append('\n');
        foreach (OptionKey key in table.Keys.Where(k => k.Choices().Any()))
        {
            text.Append("Values of `").Append(key.Property.Key).Append("`:\n\n");
            foreach ((string value, string meaning) in key.Choices())
                text.Append("- `").Append(value).Append("`: ").Append(meaning).Append('\n');
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string Default(OptionKey key) => key.Default is null ? "not set" : $"`{OptionTables.Yaml(key.Property, key.Default)}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
