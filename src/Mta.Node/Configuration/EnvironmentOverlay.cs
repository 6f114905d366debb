using System.Collections;
using System.Globalization;

namespace Mta.Node.Configuration;

/// <summary>
/// Lays environment variables over the options: <c>MTA__RECEIVING__LISTENERS__0__PORT=25</c> sets <c>receiving.listeners[0].port</c>. Names
/// count without case, <c>__</c> separates, lists take an index (the next free one adds an element).
/// </summary>
internal sealed class EnvironmentOverlay(BindingRun run)
{
    private const string Prefix = "MTA__";
    private const string Separator = "__";

    /// <summary>Applies the variables that begin with <c>MTA__</c>.</summary>
    /// <param name="target">The top of the options.</param>
    /// <param name="variables">All environment variables.</param>
    public void Apply(object target, IEnumerable<KeyValuePair<string, string>> variables)
    {
        Dictionary<string, string> seen = new(StringComparer.OrdinalIgnoreCase);
        IEnumerable<KeyValuePair<string, string>> ours = variables
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(v => v.Key, StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.NumericOrdering | CompareOptions.IgnoreCase))
            .ThenBy(v => v.Key, StringComparer.Ordinal);
        foreach ((string name, string value) in ours)
        {
            ConfigScalar scalar = new(ConfigOrigin.InVariable(name), value, Quoted: true);
            if (!seen.TryAdd(name, name))
                run.Report(scalar.Origin, "", $"the same variable as {seen[name]} but for case; set one of them");
            else
                Section(target, name[Prefix.Length..].Split(Separator), "", scalar);
        }
    }

    private void Section(object target, ReadOnlySpan<string> names, string path, ConfigScalar scalar)
    {
        IReadOnlyList<OptionProperty> properties = OptionProperty.Of(target.GetType());
        string name = names[0];
        OptionProperty? property = properties.FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (property is null)
        {
            run.Report(scalar.Origin, ConfigPath.Key(path, name), OptionBinder.UnknownKey(name, properties.Select(p => p.Key)));
            return;
        }
        object? current = property.Property.GetValue(target);
        object? value = Value(property.Type, property.IsSize, current, names[1..], ConfigPath.Key(path, property.Key), scalar);
        if (value is not null && !ReferenceEquals(value, current) && property.Property.SetMethod is { IsPublic: true })
            property.Property.SetValue(target, value);
    }

    /// <summary>The value with the variable laid over it: the same object where it could be changed in place. Null after an error.</summary>
    private object? Value(Type type, bool isSize, object? current, ReadOnlySpan<string> names, string path, ConfigScalar scalar)
    {
        if (OptionType.IsList(type, out Type element))
            return List(type, element, isSize, (IList?)current, names, path, scalar);
        if (OptionType.IsMap(type, out element))
            return Map(type, element, isSize, (IDictionary?)current, names, path, scalar);
        if (OptionType.IsSection(type))
        {
            object section = current ?? Activator.CreateInstance(type)!;
            if (names.IsEmpty)
                return Wrong(scalar, path, $"a mapping; name one of its keys, as in {scalar.Origin}{Separator}KEY");
            Section(section, names, path, scalar);
            return section;
        }
        if (!names.IsEmpty)
            return Wrong(scalar, path, $"a single value; there is nothing below it named '{names[0]}'");
        run.Origins[path] = scalar.Origin;
        return run.Scalar(type, isSize, scalar, path);
    }

    private object? List(Type type, Type element, bool isSize, IList? current, ReadOnlySpan<string> names, string path, ConfigScalar scalar)
    {
        int count = current?.Count ?? 0;
        if (names.IsEmpty || !int.TryParse(names[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return Wrong(scalar, path, $"a list; the variable's name needs the element's index, as in {scalar.Origin}{Separator}0");
        if (index > count)
            return Wrong(scalar, path, $"a list of {count}; the next free index is {count}, not {index}");
        object? before = index < count ? current![index] : null;
        object? value = Value(element, isSize, before, names[1..], ConfigPath.Item(path, index), scalar);
        if (value is null)
            return null;
        if (!type.IsArray)
            return Put(current ?? (IList)Activator.CreateInstance(type)!, index, value);
        Array array = Array.CreateInstance(element, Math.Max(count, index + 1));
        current?.CopyTo(array, 0);
        return Put(array, index, value);
    }

    private static IList Put(IList list, int index, object value)
    {
        if (index == list.Count)
            list.Add(value);
        else
            list[index] = value;
        return list;
    }

    private IDictionary? Map(
        Type type, Type element, bool isSize, IDictionary? current, ReadOnlySpan<string> names, string path, ConfigScalar scalar)
    {
        if (names.IsEmpty || names[0].Length == 0)
        {
            Wrong(scalar, path, $"a mapping; the variable's name needs a key, as in {scalar.Origin}{Separator}KEY");
            return null;
        }
        IDictionary map = current ?? (IDictionary)Activator.CreateInstance(type)!;
        string written = names[0];
        string key = map.Keys.Cast<string>().FirstOrDefault(k => k.Equals(written, StringComparison.OrdinalIgnoreCase)) ?? written;
        object? value = Value(element, isSize, map.Contains(key) ? map[key] : null, names[1..], ConfigPath.Key(path, key), scalar);
        if (value is not null)
            map[key] = value;
        return map;
    }

    private object? Wrong(ConfigScalar scalar, string path, string what)
    {
        run.Report(scalar.Origin, path, $"this is {what}");
        return null;
    }
}
