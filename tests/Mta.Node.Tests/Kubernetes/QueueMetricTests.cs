using k8s.Models;
using Mta.Node.Tests.Running;
using Mta.Testing;
using YamlDotNet.RepresentationModel;

namespace Mta.Node.Tests.Kubernetes;

/// <summary>The number that the autoscaler asks for is one that a node exposes, and that the adapter's rule serves.</summary>
public sealed class QueueMetricTests : IDisposable
{
    private readonly Workspace _workspace = new("metric");

    private static V2MetricIdentifier Metric => Manifests.Parse(Repository.Read("k8s/components/cluster/horizontalpodautoscaler.yaml"))
        .OfType<V2HorizontalPodAutoscaler>().Single().Spec.Metrics.Single().Pods.Metric;

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_node_exposes_it()
    {
        await using RunningNode node = await RunningNode.StartAsync(new NodeSettings(_workspace));
        (string label, string value) = Assert.Single(Metric.Selector.MatchLabels);
        string metrics = (await node.GetAsync("/metrics")).Text;
        Assert.Contains(metrics.Split('\n'), line => line.StartsWith($"{Metric.Name}{{", StringComparison.Ordinal) && line.Contains($"{label}=\"{value}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_documented_rule_of_the_adapter_serves_it()
    {
        const string Fence = "```yaml\n";
        string document = Repository.Read("k8s/README.md");
        int start = document.IndexOf($"{Fence}rules:", StringComparison.Ordinal) + Fence.Length;
        YamlStream yaml = [];
        yaml.Load(new StringReader(document[start..document.IndexOf("```", start, StringComparison.Ordinal)]));
        YamlNode rule = ((YamlSequenceNode)yaml.Documents[0].RootNode["rules"]).Single();
        Assert.StartsWith($"{Metric.Name}{{", ((YamlScalarNode)rule["seriesQuery"]).Value, StringComparison.Ordinal);
        Assert.Equal("sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)", ((YamlScalarNode)rule["metricsQuery"]).Value);
    }
}
