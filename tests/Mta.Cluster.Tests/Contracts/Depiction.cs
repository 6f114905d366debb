using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Akka.Actor;
using Mta.Cluster.Contracts.Serialization;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>A value with all that is in it as text, so that two values can be compared whole: record equality does not look into arrays.</summary>
internal static class Depiction
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    /// <summary>The names of all fields below a value that hold their type's zero, null or nothing.</summary>
    public static IEnumerable<string> UnsetFields(object value)
    {
        foreach (var (name, field) in FieldsOf(value))
        {
            if (IsUnset(field))
                yield return $"{value.GetType().Name}.{name}";
            foreach (var inner in field is string or null ? [] : PartsOf(field).SelectMany(UnsetFields))
                yield return inner;
        }
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or Guid or bool or Enum:
                text.Append('"').Append(value).Append('"');
                break;
            case IActorRef reference:
                text.Append(ActorRefPaths.Write(reference));
                break;
            case TimeSpan span:
                text.Append(span.Ticks.ToString(CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                text.Append(time.ToString("O", CultureInfo.InvariantCulture));
                break;
            case IFormattable number when value.GetType().IsPrimitive:
                text.Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            case IEnumerable list:
                WriteAll(text, list.Cast<object?>().Select(item => ("", item)), '[', ']');
                break;
            default:
                text.Append(value.GetType().Name);
                WriteAll(text, FieldsOf(value).Select(f => (f.Name + ": ", f.Value)), '(', ')');
                break;
        }
    }

    private static void WriteAll(StringBuilder text, IEnumerable<(string Name, object? Value)> items, char open, char close)
    {
        text.Append(open);
        foreach (var (name, value) in items)
        {
            text.Append(name);
            Write(text, value);
            text.Append(", ");
        }
        text.Append(close);
    }

    private static IEnumerable<(string Name, object? Value)> FieldsOf(object value) =>
        value.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.FlattenHierarchy)
            .Concat(value.GetType().BaseType?.GetFields(BindingFlags.Instance | BindingFlags.NonPublic) ?? [])
            .Where(field => field.Name.EndsWith(">k__BackingField", StringComparison.Ordinal))
            .Select(field => (field.Name[1..field.Name.IndexOf('>')], field.GetValue(value)));

    private static IEnumerable<object> PartsOf(object field) =>
        field is IEnumerable list ? list.Cast<object>() : field.GetType().Namespace!.StartsWith("Mta.", StringComparison.Ordinal) ? [field] : [];

    private static bool IsUnset(object? field) => field switch
    {
        null => true,
        string text => text.Length == 0,
        IEnumerable list => !list.Cast<object>().Any(),
        ValueType value => value.Equals(Activator.CreateInstance(value.GetType())),
        _ => false,
    };
}
