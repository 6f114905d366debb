using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using k8s.Models;
using Mta.Node.Configuration;
using Mta.Node.Management;

namespace Mta.Node.Tests.Kubernetes;

/// <summary>In every overlay what must agree does: ports, probes, configuration, names, times, rights.</summary>
public sealed partial class OverlayTests
{
    public static TheoryData<string> Names => [.. Directory.GetDirectories(Repository.At("k8s/overlays")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Kubectl_builds_it_into_one_namespace(string name)
    {
        Overlay overlay = Overlay.Build(name);
        string @namespace = Assert.Single(overlay.Of<V1Namespace>()).Metadata.Name;
        Assert.All(overlay.Objects.Where(o => o is not V1Namespace), o => Assert.Equal(@namespace, o.Metadata.NamespaceProperty));
        Assert.Equal(Assert.Single(overlay.Of<V1ConfigMap>()).Metadata.Name, overlay.Pod.Volumes.Single(v => v.Name == "config").ConfigMap.Name);
        Assert.Equal(Assert.Single(overlay.Of<V1ServiceAccount>()).Metadata.Name, overlay.Pod.ServiceAccountName);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_configuration_is_valid_and_agrees_with_the_pod(string name)
    {
        Overlay overlay = Overlay.Build(name);
        LoadedConfiguration loaded = overlay.Load();
        Assert.Empty(loaded.Problems);
        NodeConfiguration options = loaded.Options;
        Assert.Equal((IPAddress.Any, overlay.Port("management")), (options.Management.Address, options.Management.Port));
        Assert.Equal(("0.0.0.0", overlay.Port("smtp")), (options.Receiving.Listeners.Single().Address, options.Receiving.Listeners.Single().Port));
        Assert.Equal(overlay.Mount("data"), options.Node.DataDirectory);
        Assert.Equal(["--config", $"{overlay.Mount("config")}/mta.yaml"], overlay.Container.Args);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_mount_has_its_volume(string name)
    {
        Overlay overlay = Overlay.Build(name);
        IEnumerable<string> volumes = overlay.Pod.Volumes.Select(v => v.Name).Concat((overlay.StatefulSet.Spec.VolumeClaimTemplates ?? []).Select(c => c.Metadata.Name));
        Assert.Equal(overlay.Container.VolumeMounts.Select(m => m.Name).Order(StringComparer.Ordinal), volumes.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_pod_has_time_for_a_graceful_stop(string name)
    {
        Overlay overlay = Overlay.Build(name);
        NodeConfiguration options = overlay.Load().Options;
        // The open transactions, then the deliveries under way and the 5 s more that their phase has.
        TimeSpan drain = options.Receiving.Limits.DrainTimeout + options.Cluster.DrainTimeout + TimeSpan.FromSeconds(5);
        Assert.True(options.Node.ShutdownTimeout > drain);
        long forget = overlay.Container.Lifecycle.PreStop.Sleep.Seconds;
        Assert.True(overlay.Pod.TerminationGracePeriodSeconds >= forget + options.Node.ShutdownTimeout.TotalSeconds + 5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_probes_and_the_scrape_ask_the_management_endpoint(string name)
    {
        Overlay overlay = Overlay.Build(name);
        V1Container container = overlay.Container;
        Assert.Equal(
            [("/alive", "management"), ("/ready", "management"), ("/alive", "management")],
            new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe }.Select(p => (p.HttpGet.Path, p.HttpGet.Port.Value)));
        IDictionary<string, string> annotations = overlay.StatefulSet.Spec.Template.Metadata.Annotations;
        Assert.Equal(("true", "/metrics"), (annotations["prometheus.io/scrape"], annotations["prometheus.io/path"]));
        Assert.Equal(overlay.Port("management").ToString(CultureInfo.InvariantCulture), annotations["prometheus.io/port"]);
        // The scrape brings no token, everything else must.
        ManagementOptions management = overlay.Load().Options.Management;
        Assert.True(management.OpenMetrics);
        Assert.Equal(["operator"], management.Tokens.Select(t => t.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_services_lead_to_the_pod(string name)
    {
        Overlay overlay = Overlay.Build(name);
        V1StatefulSetSpec set = overlay.StatefulSet.Spec;
        V1Service nodes = overlay.Of<V1Service>().Single(s => s.Metadata.Name == set.ServiceName);
        Assert.Equal(("None", true), (nodes.Spec.ClusterIP, nodes.Spec.PublishNotReadyAddresses));
        Assert.Equal(overlay.Container.Ports.Select(p => (p.Name, p.ContainerPort)).Order(), nodes.Spec.Ports.Select(p => (p.Name, p.Port)).Order());
        V1Service clients = overlay.Of<V1Service>().Single(s => s != nodes);
        Assert.Equal(("smtp", 25), clients.Spec.Ports.Select(p => (p.TargetPort.Value, p.Port)).Single());
        Assert.NotEqual(true, clients.Spec.PublishNotReadyAddresses);
        Assert.All(overlay.Of<V1Service>(), s => Assert.Equal(set.Template.Metadata.Labels, s.Spec.Selector));
        Assert.Equal(set.Template.Metadata.Labels, set.Selector.MatchLabels);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_network_lets_in_and_out_what_the_configuration_uses(string name)
    {
        Overlay overlay = Overlay.Build(name);
        NodeConfiguration options = overlay.Load().Options;
        V1NetworkPolicySpec[] policies = [.. overlay.Of<V1NetworkPolicy>().Select(p => p.Spec)];
        Assert.All(policies, p => Assert.Equal(overlay.StatefulSet.Spec.Selector.MatchLabels, p.PodSelector.MatchLabels));
        V1NetworkPolicyIngressRule[] into = [.. policies.SelectMany(p => p.Ingress ?? [])];
        Assert.Equal(overlay.Container.Ports.Select(p => p.Name).Order(StringComparer.Ordinal), into.SelectMany(r => r.Ports).Select(p => p.Port.Value).Order(StringComparer.Ordinal));
        Assert.Null(into.Single(r => r.Ports.Single().Port.Value == "smtp").FromProperty);
        Assert.All(into.Single(r => r.Ports.Single().Port.Value == "management").FromProperty, peer =>
            Assert.Equal("allowed", (peer.PodSelector ?? peer.NamespaceSelector).MatchLabels["mta-management"]));
        string[] outOf = [.. policies.SelectMany(p => p.Egress ?? []).SelectMany(r => r.Ports).Select(p => $"{p.Protocol ?? "TCP"} {p.Port.Value}")];
        Assert.Empty(new[] { "UDP 53", "TCP 53", "TCP 587", "TCP 465", $"TCP {options.Delivery.SmtpPort}" }.Except(outOf));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_pod_runs_with_the_least_rights_and_within_limits(string name)
    {
        Overlay overlay = Overlay.Build(name);
        V1PodSpec pod = overlay.Pod;
        V1SecurityContext container = overlay.Container.SecurityContext;
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.True(container.ReadOnlyRootFilesystem);
        Assert.False(container.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.Capabilities.Drop);
        Assert.False(pod.AutomountServiceAccountToken);
        string image = Repository.Read("k8s/image/Dockerfile");
        Assert.Contains($"USER {pod.SecurityContext.RunAsUser}", image, StringComparison.Ordinal);
        Assert.Empty(overlay.Container.Ports.Select(p => p.ContainerPort.ToString(CultureInfo.InvariantCulture)).Except(Exposed().Match(image).Groups[1].Value.Split(' ')));
        Assert.Contains($"{overlay.Container.Image} ", image.ReplaceLineEndings(" "), StringComparison.Ordinal);
        V1ResourceRequirements resources = overlay.Container.Resources;
        Assert.Equal(["cpu", "memory"], resources.Requests.Keys.Order(StringComparer.Ordinal));
        Assert.True(resources.Requests["memory"].ToDecimal() <= resources.Limits["memory"].ToDecimal());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_secret_is_referred_to_and_the_document_tells_how_to_make_it(string name)
    {
        Overlay overlay = Overlay.Build(name);
        Assert.Empty(overlay.Of<V1Secret>());
        IEnumerable<string> referred = overlay.Container.EnvFrom.Select(e => e.SecretRef.Name)
            .Concat(overlay.Container.Env.Select(e => e.ValueFrom?.SecretKeyRef?.Name).OfType<string>())
            .Concat(overlay.Pod.Volumes.Select(v => v.Secret?.SecretName).OfType<string>());
        IEnumerable<string> told = MadeSecret().Matches(Repository.Read("k8s/README.md")).Select(m => m.Groups[1].Value);
        Assert.Empty(referred.Except(told));
        foreach (V1SecretKeySelector key in overlay.Container.Env.Select(e => e.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>())
            Assert.Contains($"{key.Name} --from-literal={key.Key}=", Repository.Read("k8s/README.md"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^EXPOSE (.+)$", RegexOptions.Multiline)]
    private static partial Regex Exposed();

    [GeneratedRegex(@"create secret (?:generic|tls) ([a-z-]+)")]
    private static partial Regex MadeSecret();
}
