using System.Collections;

namespace Mta.Node.Configuration;

/// <summary>Every single value of a configuration, by its key; secrets are not shown.</summary>
internal static class EffectiveKeys
{
    private const string Hidden = "(hidden)";

    /// <summary>The keys with their values, in the order of the options.</summary>
    public static IEnumerable<(string Key, string Value)> Of(LoadedConfiguration configuration) =>
        Section(configuration.Options, "", secret: false).Select(e => configuration.IsReferred(e.Key) ? (e.Key, Hidden) : e);

    private static IEnumerable<(string Key, string Value)> Section(object options, string path, bool secret) =>
        OptionProperty.Of(options.GetType()).SelectMany(p =>
            Value(p.Type, p.Property.GetValue(options), p.IsSize, secret || p.IsSecret, ConfigPath.Key(path, p.Key)));

    private static IEnumerable<(string Key, string Value)> Value(Type type, object? value, bool isSize, bool secret, string path)
    {
        if (value is not null && OptionType.IsList(type, out Type element))
            return ((IEnumerable)value).Cast<object?>().SelectMany((item, i) => Value(element, item, isSize, secret, ConfigPath.Item(path, i)));
        if (value is not null && OptionType.IsMap(type, out element))
            return Entries((IDictionary)value).SelectMany(e => Value(element, e.Value, isSize, secret, ConfigPath.Key(path, e.Key)));
        if (OptionType.IsSection(type))
            return value is null ? [] : Section(value, path, secret);
        return [(path, secret && value is not (null or "") ? Hidden : ScalarValue.Format(value, isSize))];
    }

    private static IEnumerable<(string Key, object? Value)> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
            yield return ((string)entry.Key, entry.Value);
    }
}
