using k8s;

namespace Mta.Node.Tests.Kubernetes;

/// <summary>The manifests as Kubernetes' own types, read strictly: a key that the types do not have is an error.</summary>
internal static class Manifests
{
    private const string Kustomization = "kustomization.yaml";

    /// <summary>The files with objects or patches of objects, from the top of the repository.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Yaml("k8s").Where(file => Path.GetFileName(file) != Kustomization)];

    /// <summary>The folders with a kustomization.</summary>
    public static IReadOnlyList<string> Kustomizations { get; } = [.. Yaml("k8s").Concat(Yaml("cluster-config"))
        .Where(file => Path.GetFileName(file) == Kustomization).Select(file => Path.GetDirectoryName(file)!)];

    /// <summary>The objects of a text.</summary>
    public static IReadOnlyList<object> Parse(string yaml) => KubernetesYaml.LoadAllFromString(yaml, null, strict: true);

    private static IEnumerable<string> Yaml(string folder) => Directory.GetFiles(Repository.At(folder), "*.yaml", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal);
}
