using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Mta.Node.Configuration;

namespace Mta.Node.Tests.Configuration;

/// <summary>Every options class of the node, key by key: the binder reads what it writes, and every range is kept and named.</summary>
public class OptionClassTests
{
    /// <summary>The options classes that a configuration can reach.</summary>
    public static TheoryData<Type> Classes { get; } = [.. Reachable(typeof(NodeConfiguration), []).OrderBy(t => t.FullName, StringComparer.Ordinal)];

    public static TheoryData<Type, string, string> OutOfRange { get; } = [.. Classes.SelectMany(row => Breaking(row.Data))];

    [Fact]
    public void All_sections_are_reached() =>
        Assert.Equal(
            [
                "CertificateNameOptions", "ClientCertificateOptions", "ClusterOptions", "ClusterTlsOptions", "DeliveryOptions", "DeliveryTimeoutOptions", "DnsOptions", "DomainQueueOptions", "ListenerOptions",
                "LoggingOptions", "ManagementOptions", "ManagementTlsOptions", "ManagementTokenOptions", "NodeConfiguration", "NodeOptions", "QueueOptions", "ReceivingLimits", "ReceivingOptions",
                "ReceivingTlsOptions", "RetryOptions", "RouteOptions", "SiteLimitOptions", "SiteOverrideOptions", "SpoolOptions", "StatefulSetOptions", "TracingOptions",
            ],
            Classes.Select(c => c.Data.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Classes))]
    public void Every_default_is_read_again_as_it_is_written(Type type)
    {
        object defaults = Activator.CreateInstance(type)!;
        object read = Activator.CreateInstance(type)!;
        BindingRun run = Run();
        ConfigurationLoader.Bind(read, JsonSerializer.Serialize(Written(defaults)), "mta.yaml", run);
        Assert.Empty(run.Problems);
        Assert.Equal(JsonSerializer.Serialize(Written(defaults)), JsonSerializer.Serialize(Written(read)));
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_value_out_of_range_is_refused_with_its_place_and_the_range(Type type, string key, string value)
    {
        object options = Activator.CreateInstance(type)!;
        BindingRun run = Run();
        ConfigurationLoader.Bind(options, $"\n{key}: {value}", "mta.yaml", run);
        Assert.Empty(run.Problems);
        ConfigurationLoader.Validate(options, run);
        string expected = $"mta.yaml:2:{key.Length + 3}: {key}: {value} is out of range; expected ";
        Assert.Contains(run.Problems, p => p.ToString().StartsWith(expected, StringComparison.Ordinal));
    }

    private static BindingRun Run() => new(new ValueReference(_ => null));

    private static HashSet<Type> Reachable(Type section, HashSet<Type> found)
    {
        if (!found.Add(section))
            return found;
        foreach (OptionProperty property in OptionProperty.Of(section))
        {
            Type type = property.Type;
            if (OptionType.IsList(type, out Type element) || OptionType.IsMap(type, out element))
                type = element;
            if (OptionType.IsSection(type))
                Reachable(type, found);
        }
        return found;
    }

    /// <summary>An options object as the configuration would write it: texts, lists and maps.</summary>
    private static object? Written(object? value, bool isSize = false) => value switch
    {
        null => null,
        System.Collections.IDictionary map => map.Keys.Cast<string>().ToDictionary(k => k, k => Written(map[k])),
        System.Collections.IEnumerable list when value is not string => list.Cast<object?>().Select(v => Written(v)).ToArray(),
        _ when OptionType.IsSection(value.GetType()) =>
            OptionProperty.Of(value.GetType()).ToDictionary(p => p.Key, p => Written(p.Property.GetValue(value), p.IsSize)),
        string text => text,
        _ => ScalarValue.Format(value, isSize),
    };

    /// <summary>For every key with a range a value below it, where there is one, and a value above.</summary>
    private static IEnumerable<TheoryDataRow<Type, string, string>> Breaking(Type type)
    {
        foreach (OptionProperty property in OptionProperty.Of(type))
        {
            if (property.Property.GetCustomAttributes(typeof(RangeAttribute), true).FirstOrDefault() is not RangeAttribute range)
                continue;
            foreach (string value in Outside(range, property))
                yield return new(type, property.Key, value);
        }
    }

    private static IEnumerable<string> Outside(RangeAttribute range, OptionProperty property)
    {
        if (range.OperandType == typeof(TimeSpan))
        {
            TimeSpan low = TimeSpan.Parse((string)range.Minimum, CultureInfo.InvariantCulture);
            if (low > TimeSpan.Zero)
                yield return DurationText.Format(low - TimeSpan.FromMilliseconds(1));
            yield return DurationText.Format(TimeSpan.Parse((string)range.Maximum, CultureInfo.InvariantCulture) + TimeSpan.FromMilliseconds(1));
            yield break;
        }
        bool isWhole = Nullable.GetUnderlyingType(property.Type) is not { } inner ? property.Type != typeof(double) : inner != typeof(double);
        decimal step = isWhole ? 1 : 0.25m;
        decimal least = Convert.ToDecimal(range.Minimum, CultureInfo.InvariantCulture), most = Convert.ToDecimal(range.Maximum, CultureInfo.InvariantCulture);
        if (least > 0)
            yield return Number(least - step);
        yield return Number(most + step);

        string Number(decimal number) => property.IsSize ? SizeText.Format((long)number) : number.ToString("0.##", CultureInfo.InvariantCulture);
    }
}
