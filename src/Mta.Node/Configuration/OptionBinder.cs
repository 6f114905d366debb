using System.Collections;

namespace Mta.Node.Configuration;

/// <summary>
/// Puts configuration nodes into options objects. It goes on after an error, so that one run shows them all, and notes for every key where it
/// was given, so that later checks can name the place.
/// </summary>
internal sealed class OptionBinder(BindingRun run)
{
    /// <summary>Binds a mapping onto an options object; what the mapping does not name keeps its value.</summary>
    /// <param name="target">The options.</param>
    /// <param name="mapping">The keys and values.</param>
    /// <param name="path">The path of the mapping from the top.</param>
    public void Section(object target, ConfigMapping mapping, string path)
    {
        IReadOnlyList<OptionProperty> properties = OptionProperty.Of(target.GetType());
        foreach (ConfigEntry entry in mapping.Entries)
        {
            string keyPath = ConfigPath.Key(path, entry.Key);
            OptionProperty? property = properties.FirstOrDefault(p => p.Key == entry.Key);
            if (property is null)
            {
                run.Report(entry.Origin, keyPath, UnknownKey(entry.Key, properties.Select(p => p.Key)));
                continue;
            }
            run.Origins[keyPath] = entry.Origin;
            Bind(target, property, entry.Value, keyPath);
        }
    }

    /// <summary>The text for a key that an options class does not have.</summary>
    public static string UnknownKey(string key, IEnumerable<string> known)
    {
        string[] keys = [.. known];
        string? near = NearestKey.Find(key, keys);
        return near is not null ? $"unknown key; did you mean '{near}'?" : $"unknown key; the keys here are {string.Join(", ", keys)}";
    }

    private void Bind(object target, OptionProperty property, ConfigNode node, string path)
    {
        object? current = property.Property.GetValue(target);
        if (node is ConfigScalar { IsNull: true })
        {
            if (property.MayBeNull)
                property.Property.SetValue(target, null);
            else if (!OptionType.IsCollection(property.Type) && !OptionType.IsSection(property.Type))
                run.Report(node.Origin, path, $"no value; expected {ScalarValue.Expected(property.Type, property.IsSize)}");
            return;
        }
        object? value = Value(property.Type, property.IsSize, current, node, path);
        if (value is not null && property.Property.SetMethod is { IsPublic: true })
            property.Property.SetValue(target, value);
        else if (value is IList items && current is IList list && !ReferenceEquals(items, list))
            Refill(list, items);
    }

    private static void Refill(IList list, IList items)
    {
        list.Clear();
        foreach (object? item in items)
            list.Add(item);
    }

    private object? Value(Type type, bool isSize, object? current, ConfigNode node, string path)
    {
        // A value's place is where it begins; that of a list or mapping is its key's.
        if (node is ConfigScalar || !run.Origins.ContainsKey(path))
            run.Origins[path] = node.Origin;
        if (OptionType.IsList(type, out Type element))
            return node is ConfigSequence sequence ? List(type, element, isSize, sequence, path) : Wrong(node, path, "a list");
        if (OptionType.IsMap(type, out element))
            return node is ConfigMapping map ? Map(type, element, isSize, current, map, path) : Wrong(node, path, "a mapping of names to values");
        if (!OptionType.IsSection(type))
            return node is ConfigScalar scalar ? run.Scalar(type, isSize, scalar, path) : Wrong(node, path, ScalarValue.Expected(type, isSize));
        if (node is not ConfigMapping section)
            return Wrong(node, path, $"a mapping with the keys {string.Join(", ", OptionProperty.Of(type).Select(p => p.Key))}");
        object options = current ?? Activator.CreateInstance(type)!;
        Section(options, section, path);
        return options;
    }

    private object List(Type type, Type element, bool isSize, ConfigSequence sequence, string path)
    {
        IList list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        for (int i = 0; i < sequence.Items.Count; i++)
            list.Add(Element(element, isSize, null, sequence.Items[i], ConfigPath.Item(path, i)) ?? Placeholder(element));
        if (!type.IsArray)
            return list;
        Array array = Array.CreateInstance(element, list.Count);
        list.CopyTo(array, 0);
        return array;
    }

    /// <summary>Stands for an element that could not be read, so that the indexes of the later ones stay right; the error is noted already.</summary>
    private static object? Placeholder(Type element) => element == typeof(string)
        ? ""
        : element.IsValueType || OptionType.IsSection(element) ? Activator.CreateInstance(element) : null;

    /// <summary>A value in a list or map, where nothing is no value.</summary>
    private object? Element(Type element, bool isSize, object? current, ConfigNode node, string path)
    {
        if (node is not ConfigScalar { IsNull: true } || OptionType.IsSection(element) || OptionType.IsCollection(element))
            return Value(element, isSize, current, node, path);
        run.Report(node.Origin, path, $"no value; expected {ScalarValue.Expected(element, isSize)}");
        return null;
    }

    private object Map(Type type, Type element, bool isSize, object? current, ConfigMapping mapping, string path)
    {
        IDictionary map = (IDictionary)(current ?? Activator.CreateInstance(type)!);
        foreach (ConfigEntry entry in mapping.Entries)
        {
            string keyPath = ConfigPath.Key(path, entry.Key);
            run.Origins[keyPath] = entry.Origin;
            object? before = map.Contains(entry.Key) ? map[entry.Key] : null;
            object? value = entry.Value is ConfigScalar { IsNull: true } && OptionType.IsSection(element)
                ? before ?? Activator.CreateInstance(element)
                : Element(element, isSize, before, entry.Value, keyPath);
            if (value is not null)
                map[entry.Key] = value;
        }
        return map;
    }

    private object? Wrong(ConfigNode node, string path, string expected)
    {
        run.Report(node.Origin, path, $"{node.Kind} where {expected} is expected");
        return null;
    }
}
