namespace Mta.Node.Configuration;

/// <summary>Sorts the types that options may have: sections, lists, maps, and single values.</summary>
internal static class OptionType
{
    /// <summary>A list of values: <c>List&lt;T&gt;</c> or an array.</summary>
    public static bool IsList(Type type, out Type element)
    {
        element = type.IsArray ? type.GetElementType()! : Argument(type, typeof(List<>), 0) ?? typeof(object);
        return type.IsArray || Argument(type, typeof(List<>), 0) is not null;
    }

    /// <summary>A map with free keys: <c>Dictionary&lt;string, T&gt;</c>.</summary>
    public static bool IsMap(Type type, out Type element)
    {
        element = Argument(type, typeof(Dictionary<,>), 1) ?? typeof(object);
        return Argument(type, typeof(Dictionary<,>), 0) == typeof(string);
    }

    /// <summary>A list or a map.</summary>
    public static bool IsCollection(Type type) => IsList(type, out _) || IsMap(type, out _);

    /// <summary>An options class of its own.</summary>
    public static bool IsSection(Type type) =>
        type.IsClass && type != typeof(string) && !IsCollection(type) && !ScalarValue.IsParsable(type)
        && type.GetConstructor(Type.EmptyTypes) is not null;

    private static Type? Argument(Type type, Type open, int index) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == open ? type.GetGenericArguments()[index] : null;
}
