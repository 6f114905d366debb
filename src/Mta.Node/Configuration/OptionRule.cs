using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Mta.Node.Configuration;

/// <summary>Puts the annotations of options into words: what is wrong, what is expected.</summary>
internal static class OptionRule
{
    /// <summary>What a broken rule says.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="value">The value that breaks it.</param>
    /// <param name="property">The key it stands on.</param>
    /// <param name="message">The rule's own message.</param>
    public static string Explain(ValidationAttribute rule, object? value, OptionProperty property, string? message)
    {
        string written = property.IsSecret ? "the value" : ScalarValue.Format(value, property.IsSize);
        if (rule.ErrorMessage is not null)
            return message ?? rule.ErrorMessage;
        return rule switch
        {
            RequiredAttribute => "must not be empty",
            MinLengthAttribute min => $"needs at least {min.Length} {Unit(property)}",
            MaxLengthAttribute max => $"takes at most {max.Length} {Unit(property)}",
            _ when Limits(rule, property) is { } limits => $"{written} is out of range; expected {limits}",
            _ => message ?? "is not valid",
        };
    }

    /// <summary>The range that a key's annotations allow, for documentation; null when they set none.</summary>
    public static string? Limits(OptionProperty property) =>
        property.Property.GetCustomAttributes(typeof(RangeAttribute), inherit: true).Cast<RangeAttribute>()
            .Select(r => Limits(r, property)).FirstOrDefault();

    private static string? Limits(ValidationAttribute rule, OptionProperty property) => rule is RangeAttribute range
        ? $"{Bound(range.Minimum, property)} to {Bound(range.Maximum, property)}"
        : null;

    private static string Unit(OptionProperty property) => property.Type == typeof(string) ? "characters" : "entries";

    private static string Bound(object bound, OptionProperty property)
    {
        if (property.Type == typeof(TimeSpan) || property.Type == typeof(TimeSpan?))
            return bound is string text ? DurationText.Format(TimeSpan.Parse(text, CultureInfo.InvariantCulture)) : ScalarValue.Format(bound, isSize: false);
        if (property.IsSize && bound is not string)
            return SizeText.Format(Convert.ToInt64(bound, CultureInfo.InvariantCulture));
        return ScalarValue.Format(bound, isSize: false);
    }
}
