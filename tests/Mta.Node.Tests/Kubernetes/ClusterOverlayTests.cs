using k8s.Models;
using Mta.Cluster;
using Mta.Cluster.Membership;
using Mta.Cluster.Spool;

namespace Mta.Node.Tests.Kubernetes;

/// <summary>The overlays of more than one node: members find each other, nobody else does, and there are always enough of them.</summary>
public class ClusterOverlayTests
{
    public static TheoryData<string> Names => ["postgres", "sqlserver"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_seeds_are_the_first_pods_by_the_names_that_they_give_themselves(string name)
    {
        Overlay overlay = Overlay.Build(name);
        string[] expected = [.. Enumerable.Range(0, 3).Select(i => $"{overlay.StatefulSet.Metadata.Name}-{i}.{overlay.StatefulSet.Spec.ServiceName}")];
        for (int i = 0; i < 5; i++)
        {
            ClusterOptions options = overlay.Load(i).Options.Cluster;
            ClusterPlace place = ClusterPlace.Of(options);
            string self = $"{overlay.StatefulSet.Metadata.Name}-{i}.{overlay.StatefulSet.Spec.ServiceName}";
            Assert.Equal((self, overlay.Port("remoting"), $"10.0.0.{i + 1}"), (place.PublicHost, options.Port, options.Host));
            Assert.Equal(expected.Where(host => host != self).Select(host => $"{host}:{overlay.Port("remoting")}"), place.OtherSeeds);
            Assert.Equal(i == 0, place.Founds);
        }
        // The seeds are pods that the autoscaler never takes away.
        Assert.Equal(Autoscaler(overlay).Spec.MinReplicas, overlay.Load().Options.Cluster.StatefulSet.Seeds);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Members_speak_TLS_on_both_ends_with_the_files_of_a_secret(string name)
    {
        Overlay overlay = Overlay.Build(name);
        ClusterTlsOptions tls = overlay.Load().Options.Cluster.Tls;
        Assert.True(tls.Mutual);
        V1Volume volume = overlay.Pod.Volumes.Single(v => v.Secret?.SecretName == "mta-members");
        V1VolumeMount mount = overlay.Container.VolumeMounts.Single(m => m.Name == volume.Name);
        // The files of a mount by subPath are never renewed.
        Assert.Equal((true, null), (mount.ReadOnlyProperty, mount.SubPath));
        Assert.Equal(
            [$"{mount.MountPath}/tls.crt", $"{mount.MountPath}/tls.key", $"{mount.MountPath}/ca.crt"],
            new[] { "CERTIFICATEFILE", "KEYFILE", "AUTHORITIESFILE" }.Select(key => overlay.Container.Env.Single(e => e.Name == $"MTA__CLUSTER__TLS__{key}").Value));
        Assert.NotEqual(overlay.Pod.Volumes.Single(v => v.Name == "tls").Secret.SecretName, volume.Secret.SecretName);
        // Readable for the group of the pod's user, and for nobody else.
        Assert.Equal(Convert.ToInt32("440", 8), volume.Secret.DefaultMode);
        Assert.Equal(overlay.Pod.SecurityContext.RunAsGroup, overlay.Pod.SecurityContext.FsGroup);
    }

    [Theory]
    [InlineData("postgres", SpoolDatabaseKind.PostgreSql, "5432")]
    [InlineData("sqlserver", SpoolDatabaseKind.SqlServer, "1433")]
    public void The_database_is_its_own_and_can_be_reached(string name, SpoolDatabaseKind kind, string port)
    {
        Overlay overlay = Overlay.Build(name);
        SpoolOptions spool = overlay.Load().Options.Spool;
        Assert.Equal((kind, "Server=database.example.com;Database=mta"), (spool.Database, spool.ConnectionString));
        V1NetworkPolicy policy = overlay.Of<V1NetworkPolicy>().Single(p => p.Metadata.Name == "mta-database");
        Assert.Equal(port, policy.Spec.Egress.Single().Ports.Single().Port.Value);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_members_speak_remoting(string name)
    {
        Overlay overlay = Overlay.Build(name);
        V1NetworkPolicySpec[] policies = [.. overlay.Of<V1NetworkPolicy>().Select(p => p.Spec)];
        IList<V1NetworkPolicyPeer> from = policies.SelectMany(p => p.Ingress ?? []).Single(r => r.Ports.Any(p => p.Port.Value == "remoting")).FromProperty;
        IList<V1NetworkPolicyPeer> to = policies.SelectMany(p => p.Egress ?? []).Single(r => r.Ports.Any(p => p.Port.Value == $"{overlay.Port("remoting")}")).To;
        Assert.All([Assert.Single(from), Assert.Single(to)], peer =>
        {
            Assert.Equal(overlay.StatefulSet.Spec.Template.Metadata.Labels, peer.PodSelector.MatchLabels);
            Assert.Null(peer.NamespaceSelector);
        });
        V1Service clients = overlay.Of<V1Service>().Single(s => s.Metadata.Name != overlay.StatefulSet.Spec.ServiceName);
        Assert.DoesNotContain(clients.Spec.Ports, p => p.TargetPort.Value == "remoting");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_majority_stays_whatever_is_emptied_updated_or_scaled_in(string name)
    {
        Overlay overlay = Overlay.Build(name);
        V1StatefulSetSpec set = overlay.StatefulSet.Spec;
        V1PodDisruptionBudgetSpec budget = Assert.Single(overlay.Of<V1PodDisruptionBudget>()).Spec;
        V2HorizontalPodAutoscalerSpec autoscaler = Autoscaler(overlay).Spec;
        int least = autoscaler.MinReplicas!.Value;
        Assert.Equal("1", budget.MaxUnavailable.Value);
        Assert.True((least - 1) * 2 > least);
        Assert.Equal(set.Selector.MatchLabels, budget.Selector.MatchLabels);
        // A number here would be set back by every apply.
        Assert.Null(set.Replicas);
        Assert.Equal(("Parallel", "RollingUpdate"), (set.PodManagementPolicy, set.UpdateStrategy.Type));
        Assert.Null(set.UpdateStrategy.RollingUpdate);
        V2HPAScalingPolicy scaleIn = Assert.Single(autoscaler.Behavior.ScaleDown.Policies);
        Assert.Equal(1, scaleIn.Value);
        Assert.True(scaleIn.PeriodSeconds >= overlay.Pod.TerminationGracePeriodSeconds);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_pods_are_spread(string name)
    {
        Overlay overlay = Overlay.Build(name);
        IDictionary<string, string> labels = overlay.StatefulSet.Spec.Template.Metadata.Labels;
        V1PodAffinityTerm apart = overlay.Pod.Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution.Single().PodAffinityTerm;
        Assert.Equal("kubernetes.io/hostname", apart.TopologyKey);
        Assert.Equal(labels, apart.LabelSelector.MatchLabels);
        Assert.Equal(
            [("kubernetes.io/hostname", 1, "DoNotSchedule"), ("topology.kubernetes.io/zone", 1, "ScheduleAnyway")],
            overlay.Pod.TopologySpreadConstraints.Select(c => (c.TopologyKey, c.MaxSkew, c.WhenUnsatisfiable)));
        Assert.All(overlay.Pod.TopologySpreadConstraints, c => Assert.Equal(labels, c.LabelSelector.MatchLabels));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_autoscaler_sets_the_stateful_set(string name)
    {
        Overlay overlay = Overlay.Build(name);
        V2CrossVersionObjectReference target = Autoscaler(overlay).Spec.ScaleTargetRef;
        Assert.Equal((overlay.StatefulSet.ApiVersion, overlay.StatefulSet.Kind, overlay.StatefulSet.Metadata.Name), (target.ApiVersion, target.Kind, target.Name));
    }

    private static V2HorizontalPodAutoscaler Autoscaler(Overlay overlay) => Assert.Single(overlay.Of<V2HorizontalPodAutoscaler>());
}
