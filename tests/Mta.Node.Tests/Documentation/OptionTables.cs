using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Mta.Node.Configuration;

namespace Mta.Node.Tests.Documentation;

/// <summary>The keys of one section.</summary>
/// <param name="Path">The section; <c>[]</c> stands for an element of a list, <c>NAME</c> for a free key.</param>
/// <param name="Summary">What the section is.</param>
/// <param name="Keys">Its keys, in the order of the options.</param>
internal sealed record OptionTable(string Path, string Summary, IReadOnlyList<OptionKey> Keys);

/// <summary>A key of a section.</summary>
/// <param name="Property">The key.</param>
/// <param name="Default">Its value where nothing is configured.</param>
internal sealed record OptionKey(OptionProperty Property, object? Default)
{
    /// <summary>What the key means.</summary>
    public string Meaning => DocComments.Of(Property.Property);

    /// <summary>What may be written, with unit and range.</summary>
    public string Values => Form(Property.Type) + Limits();

    /// <summary>The values of an enumeration that is ours, with their meanings.</summary>
    public IEnumerable<(string Value, string Meaning)> Choices()
    {
        Type type = Nullable.GetUnderlyingType(Property.Type) ?? Property.Type;
        return !type.IsEnum ? [] : Enum.GetNames(type).Select(name => (ConfigPath.Spelling(name), DocComments.OfValue(type, name)!)).Where(c => c.Item2 is not null);
    }

    private string Form(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (OptionType.IsList(type, out Type element))
            return OptionType.IsSection(element) ? "list of mappings" : $"list of {Form(element)}";
        if (OptionType.IsMap(type, out element))
            return OptionType.IsSection(element) ? "mappings by name" : $"{Form(element)} by name";
        if (type.IsEnum)
            return string.Join(", ", Enum.GetNames(type).Select(name => $"`{ConfigPath.Spelling(name)}`"));
        if (Property.IsSize)
            return "size";
        return type == typeof(TimeSpan) ? "duration" : type == typeof(bool) ? "`true`, `false`" : Word(ScalarValue.Expected(type, isSize: false));
    }

    private string Limits()
    {
        if (OptionRule.Limits(Property) is { } range)
            return $", {range}";
        return Property.Property.GetCustomAttribute<MinLengthAttribute>() is { } min ? $", at least {min.Length}"
            : Property.Property.GetCustomAttribute<RequiredAttribute>() is not null && Property.Type == typeof(string) ? ", not empty"
            : "";
    }

    private static string Word(string expected) => expected.StartsWith("a ", StringComparison.Ordinal) ? expected[2..]
        : expected.StartsWith("an ", StringComparison.Ordinal) ? expected[3..] : expected;
}

/// <summary>All sections of the configuration, found by walking the options.</summary>
internal static class OptionTables
{
    /// <summary>Stands for the free key of a mapping.</summary>
    public const string FreeKey = "NAME";

    /// <summary>The sections in the order of the options, each with those below it.</summary>
    public static IReadOnlyList<OptionTable> All { get; } =
        [.. OptionProperty.Of(typeof(NodeConfiguration)).SelectMany(p => Section(p.Key, p.Type, p.Property.GetValue(new NodeConfiguration())!))];

    /// <summary>Whether a key is a section of its own, and so has a table and no row.</summary>
    public static bool HasTable(OptionProperty property) => OptionType.IsSection(property.Type);

    private static IEnumerable<OptionTable> Section(string path, Type type, object defaults)
    {
        IReadOnlyList<OptionProperty> properties = OptionProperty.Of(type);
        OptionKey[] keys = [.. properties.Where(p => !HasTable(p)).Select(p => new OptionKey(p, p.Property.GetValue(defaults)))];
        return properties.SelectMany(p => Below(p, path, defaults)).Prepend(new OptionTable(path, DocComments.Of(type), keys));
    }

    private static IEnumerable<OptionTable> Below(OptionProperty property, string path, object defaults)
    {
        string key = ConfigPath.Key(path, property.Key);
        if (HasTable(property))
            return Section(key, property.Type, property.Property.GetValue(defaults)!);
        if (OptionType.IsList(property.Type, out Type element) && OptionType.IsSection(element))
            return Section($"{key}[]", element, Activator.CreateInstance(element)!);
        if (OptionType.IsMap(property.Type, out element) && OptionType.IsSection(element))
            return Section(ConfigPath.Key(key, FreeKey), element, Activator.CreateInstance(element)!);
        return [];
    }

    /// <summary>A default as YAML: a single value, a list, or a mapping, on one line.</summary>
    public static string Yaml(OptionProperty property, object? value) => value switch
    {
        null => "",
        string text => Quoted(text),
        IDictionary map => map.Count == 0 ? "{}" : $"{{{string.Join(", ", Entries(map).Select(e => $"{e.Key}: {Yaml(property, e.Value)}"))}}}",
        IList { Count: 0 } => "[]",
        IList list => OptionType.IsSection(list[0]!.GetType())
            ? $"[{string.Join(", ", list.Cast<object>().Select(Element))}]"
            : $"[{string.Join(", ", list.Cast<object>().Select(item => Yaml(property, item)))}]",
        _ => ScalarValue.Format(value, property.IsSize),
    };

    private static string Element(object element) =>
        $"{{{string.Join(", ", OptionProperty.Of(element.GetType()).Select(p => $"{p.Key}: {Yaml(p, p.Property.GetValue(element))}"))}}}";

    private static IEnumerable<(string Key, object? Value)> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
            yield return ((string)entry.Key, entry.Value);
    }

    private static string Quoted(string text)
    {
        bool plain = text.Length > 0 && text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '-' or '_');
        return plain ? text : $"\"{text}\"";
    }
}
