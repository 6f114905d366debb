namespace Mta.Cluster;

/// <summary>Options whose fields depend on each other: checked at start, after the ranges of the single fields.</summary>
public interface IOptionsCheck
{
    /// <summary>What is wrong, field by field; empty when all is well.</summary>
    IEnumerable<OptionProblem> Check();
}

/// <summary>One thing that is wrong with the options.</summary>
/// <param name="Key">The key below the options object, in the configuration's spelling: <c>listeners[0].port</c>.</param>
/// <param name="Problem">What is wrong and what is expected.</param>
public sealed record OptionProblem(string Key, string Problem);
