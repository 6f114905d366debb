using System.ComponentModel.DataAnnotations;

namespace Mta.Cluster.Membership;

/// <summary>Kubernetes: seeds and this node's public host follow from the pod's name, <c>NAME-ORDINAL</c>, and the headless service of its StatefulSet.</summary>
public sealed class StatefulSetOptions : IOptionsCheck
{
    /// <summary>The headless service that gives the pods their names. Empty: this node is no pod of a StatefulSet.</summary>
    public string Service { get; set; } = "";

    /// <summary>The pods with ordinals below this are the seeds; the one with ordinal 0 founds the cluster.</summary>
    [Range(1, 100)]
    public int Seeds { get; set; } = 3;

    /// <summary>The pod's name. Empty: the name of the machine, which in a pod is the same.</summary>
    public string PodName { get; set; } = "";

    internal bool IsUsed => Service.Length > 0;

    internal string EffectivePodName => PodName.Length > 0 ? PodName : Environment.MachineName;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (!IsUsed)
            yield break;
        if (Uri.CheckHostName(Service) != UriHostNameType.Dns)
            yield return new OptionProblem("service", $"'{Service}' is no name of a service; expected the form mta-nodes");
        if (PodOrdinal.Parse(EffectivePodName) is null)
            yield return new OptionProblem("podName", $"'{EffectivePodName}' ends in no ordinal; expected the form mta-0");
    }
}
