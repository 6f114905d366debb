using Mta.Cluster.Delivery.Routing;

namespace Mta.Cluster.Operations;

/// <summary>Domains as an operator names them, brought into the form in which queues are named.</summary>
public static class DomainScope
{
    /// <summary>What is expected, for error texts.</summary>
    public const string Expected = DomainPattern.Expected;

    /// <summary>Reads a domain, an address literal, <c>*.domain</c> or <c>*</c>; names in other scripts become A-labels.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pattern">The pattern in its canonical form.</param>
    public static bool TryRead(string text, out string pattern)
    {
        var isOne = DomainPattern.TryParse(text.Trim(), out var read);
        pattern = isOne ? read.ToString() : "";
        return isOne;
    }
}
