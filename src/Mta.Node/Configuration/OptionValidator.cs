using System.Collections;
using System.ComponentModel.DataAnnotations;

namespace Mta.Node.Configuration;

/// <summary>Checks bound options: the annotations of every property, then <see cref="Cluster.IOptionsCheck"/>, all the way down.</summary>
internal sealed class OptionValidator(BindingRun run)
{
    private readonly HashSet<(string Key, string Text)> _reported = [];
    private readonly List<ConfigProblem> _found = [];

    /// <summary>What was found, in the order of the options.</summary>
    public IReadOnlyList<ConfigProblem> Found => _found;

    /// <summary>Checks an options object and everything below it.</summary>
    /// <param name="options">The options.</param>
    /// <param name="path">Their path from the top.</param>
    public void Section(object options, string path)
    {
        foreach (OptionProperty property in OptionProperty.Of(options.GetType()))
        {
            string keyPath = ConfigPath.Key(path, property.Key);
            object? value = property.Property.GetValue(options);
            Annotations(options, property, value, keyPath);
            Below(property.Type, value, keyPath);
        }
        if (options is not Cluster.IOptionsCheck check)
            return;
        foreach (Cluster.OptionProblem problem in check.Check())
            Report(ConfigPath.Key(path, problem.Key), problem.Problem);
    }

    private void Annotations(object options, OptionProperty property, object? value, string path)
    {
        ValidationContext context = new(options) { MemberName = property.Property.Name, DisplayName = property.Key };
        foreach (ValidationAttribute rule in property.Property.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).Cast<ValidationAttribute>())
        {
            if (rule.GetValidationResult(value, context) is { } failure)
                Report(path, OptionRule.Explain(rule, value, property, failure.ErrorMessage));
        }
    }

    private void Below(Type type, object? value, string path)
    {
        if (value is null)
            return;
        if (OptionType.IsList(type, out Type element) && OptionType.IsSection(element))
        {
            int index = 0;
            foreach (object? item in (IEnumerable)value)
                Below(element, item, ConfigPath.Item(path, index++));
        }
        else if (OptionType.IsMap(type, out element) && OptionType.IsSection(element))
        {
            foreach (DictionaryEntry entry in (IDictionary)value)
                Below(element, entry.Value, ConfigPath.Key(path, (string)entry.Key));
        }
        else if (OptionType.IsSection(type))
        {
            Section(value, path);
        }
    }

    // A key that could not be read keeps its default; what a rule says about that default would only confuse.
    private void Report(string path, string text)
    {
        bool unread = run.Problems.Any(p => p.Key.Equals(path, StringComparison.OrdinalIgnoreCase));
        if (!unread && _reported.Add((path, text)))
            _found.Add(new ConfigProblem(run.OriginOf(path), path, text));
    }
}
