using System.Reflection;
using System.Text;
using System.Xml.Linq;
using Mta.Node.Configuration;

namespace Mta.Node.Tests.Documentation;

/// <summary>The doc comments of options, as the compiler wrote them beside the assemblies, turned into Markdown.</summary>
internal static class DocComments
{
    private static readonly Dictionary<string, XElement> Members = new[] { "Mta.Node", "Mta.Cluster", "Mta.Protocol" }
        .SelectMany(assembly => XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly}.xml")).Descendants("member"))
        .ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>What a class is.</summary>
    public static string Of(Type type) => Summary($"T:{type.FullName}");

    /// <summary>What a key means.</summary>
    public static string Of(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>What a value of an enumeration means; null where the enumeration is not ours.</summary>
    public static string? OfValue(Type type, string value) =>
        Members.ContainsKey($"T:{type.FullName}") ? Summary($"F:{type.FullName}.{value}") : null;

    private static string Summary(string member) => Members.TryGetValue(member, out XElement? found) && found.Element("summary") is { } summary
        ? string.Join(' ', Markdown(summary).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        : throw new InvalidOperationException($"{member} has no doc comment");

    private static string Markdown(XElement element)
    {
        StringBuilder text = new();
        foreach (XNode node in element.Nodes())
        {
            text.Append(node switch
            {
                XText words => words.Value,
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement { Name.LocalName: "see" } reference => $"`{Target(reference.Attribute("cref")!.Value)}`",
                _ => throw new InvalidOperationException($"a doc comment of options holds {node}"),
            });
        }
        return text.ToString();
    }

    // P:Mta.Cluster.Spool.SpoolOptions.WriteTimeout → writeTimeout
    private static string Target(string reference) => ConfigPath.Spelling(reference[(reference.LastIndexOf('.') + 1)..]);
}
