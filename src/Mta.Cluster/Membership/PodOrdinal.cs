using System.Globalization;

namespace Mta.Cluster.Membership;

/// <summary>The name of a StatefulSet's pod, taken apart.</summary>
/// <param name="Set">The StatefulSet's name.</param>
/// <param name="Ordinal">The pod's number, from 0.</param>
internal sealed record PodOrdinal(string Set, int Ordinal)
{
    /// <summary>Takes a pod's name apart; null where it is none.</summary>
    public static PodOrdinal? Parse(string podName)
    {
        var dash = podName.LastIndexOf('-');
        return dash > 0 && int.TryParse(podName.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? new PodOrdinal(podName[..dash], ordinal)
            : null;
    }
}
