using System.Collections;
using System.Text;
using Mta.Node.Configuration;

namespace Mta.Node.Tests.Documentation;

/// <summary><c>cluster-config/mta.yaml</c>: every key with its meaning, commented out with its default.</summary>
internal static class DefaultFile
{
    private const int Width = 100;

    private const string Head =
        """
        # The configuration of a node, complete: every section and key. A key that is commented out (`#key: value`, without a blank) shows its default,
        # so this file as it stands gives what no file at all gives. Take the `#` away and change the value.
        # Complete files for common cases are in examples/; how values are written, environment variables, and all tables are in README.md.


        """;

    /// <summary>The whole file.</summary>
    public static string Render()
    {
        StringBuilder text = new(Head);
        NodeConfiguration defaults = new();
        string separator = "";
        foreach (OptionProperty section in OptionProperty.Of(typeof(NodeConfiguration)))
        {
            text.Append(separator);
            Section(text, section, section.Property.GetValue(defaults)!, 0);
            separator = "\n";
        }
        return text.ToString();
    }

    /// <summary>The file with every key in force: what stands behind <c>#</c> without a blank.</summary>
    public static string Uncommented(string file) => string.Join('\n', file.Split('\n').Select(line =>
    {
        int hash = line.IndexOf('#', StringComparison.Ordinal);
        bool isKey = hash >= 0 && line[..hash].Trim().Length == 0 && hash + 1 < line.Length && line[hash + 1] != ' ';
        return isKey ? line.Remove(hash, 1) : line;
    }));

    private static void Section(StringBuilder text, OptionProperty section, object options, int indent)
    {
        Comment(text, DocComments.Of(section.Type), indent);
        text.Append(' ', indent).Append(section.Key).Append(":\n");
        foreach (OptionProperty property in OptionProperty.Of(section.Type))
        {
            object? value = property.Property.GetValue(options);
            if (OptionTables.HasTable(property))
                Section(text, property, value!, indent + 2);
            else
                Key(text, new OptionKey(property, value), indent + 2);
        }
    }

    private static void Key(StringBuilder text, OptionKey key, int indent)
    {
        OptionProperty property = key.Property;
        string below = OptionType.IsList(property.Type, out Type element) && OptionType.IsSection(element) ? $"; the keys of an element are {Keys(element)}"
            : OptionType.IsMap(property.Type, out element) && OptionType.IsSection(element) ? $"; the keys below a name are {Keys(element)}"
            : "";
        Comment(text, $"{key.Meaning} ({key.Values}{below})", indent);
        if (key.Default is IList { Count: > 0 } list && OptionType.IsSection(list[0]!.GetType()))
            Elements(text, property, list, indent);
        else
            Line(text, indent, $"{property.Key}: {OptionTables.Yaml(property, key.Default)}");
    }

    private static string Keys(Type section) => string.Join(", ", OptionProperty.Of(section).Select(p => p.Key));

    private static void Elements(StringBuilder text, OptionProperty property, IList list, int indent)
    {
        Line(text, indent, $"{property.Key}:");
        foreach (object element in list)
        {
            string lead = "- ";
            foreach (OptionProperty key in OptionProperty.Of(element.GetType()))
            {
                Line(text, indent + 4 - lead.Length, $"{lead}{key.Key}: {OptionTables.Yaml(key, key.Property.GetValue(element))}");
                lead = "";
            }
        }
    }

    private static void Line(StringBuilder text, int indent, string line) => text.Append(' ', indent).Append('#').Append(line).Append('\n');

    private static void Comment(StringBuilder text, string comment, int indent)
    {
        StringBuilder line = new();
        foreach (string word in comment.Replace("`", "", StringComparison.Ordinal).Split(' '))
        {
            if (line.Length > 0 && indent + 3 + line.Length + word.Length > Width)
                Flush();
            line.Append(' ').Append(word);
        }
        Flush();

        void Flush()
        {
            text.Append(' ', indent).Append('#').Append(line).Append('\n');
            line.Clear();
        }
    }
}
