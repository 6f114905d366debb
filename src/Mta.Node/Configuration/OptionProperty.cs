using System.Collections.Concurrent;
using System.Reflection;

namespace Mta.Node.Configuration;

/// <summary>A key that an options class offers.</summary>
/// <param name="Property">The property behind the key.</param>
/// <param name="Key">The key in the configuration's spelling.</param>
/// <param name="MayBeNull">Whether null is a value of its own here.</param>
internal sealed record OptionProperty(PropertyInfo Property, string Key, bool MayBeNull)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<OptionProperty>> Known = new();

    /// <summary>The value's type.</summary>
    public Type Type => Property.PropertyType;

    /// <summary>Whether the value is a count of bytes, and so may be written <c>256KB</c>.</summary>
    public bool IsSize => Property.Name.EndsWith("Bytes", StringComparison.Ordinal);

    /// <summary>Whether the value is never printed.</summary>
    public bool IsSecret =>
        Property.Name.EndsWith("Password", StringComparison.Ordinal) || Property.Name.EndsWith("Secret", StringComparison.Ordinal)
        || Property.Name.EndsWith("ConnectionString", StringComparison.Ordinal) || Property.Name == "Users";

    /// <summary>The keys of an options class, in the order of its source.</summary>
    public static IReadOnlyList<OptionProperty> Of(Type options) => Known.GetOrAdd(options, static type => Find(type));

    private static List<OptionProperty> Find(Type type)
    {
        NullabilityInfoContext nullability = new();
        List<OptionProperty> found = [];
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            bool settable = property.SetMethod is { IsPublic: true };
            if (property.GetIndexParameters().Length > 0 || !(settable || OptionType.IsCollection(property.PropertyType)))
                continue;
            bool nullable = nullability.Create(property).WriteState == NullabilityState.Nullable;
            found.Add(new OptionProperty(property, ConfigPath.Spelling(property.Name), nullable));
        }
        return found;
    }
}
