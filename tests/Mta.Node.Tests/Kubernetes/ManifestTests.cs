using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Mta.Node.Tests.Kubernetes;

/// <summary>Every file below <c>k8s</c> is what Kubernetes and kustomize take, seen without either.</summary>
public class ManifestTests
{
    /// <summary>The keys of a kustomization that are used here. kubectl passes over none that it does not know, and neither does this.</summary>
    private static readonly string[] Keys = ["apiVersion", "kind", "namespace", "resources", "components", "patches", "configMapGenerator", "images"];

    public static TheoryData<string> Files => [.. Manifests.Files];

    public static TheoryData<string> Kustomizations => [.. Manifests.Kustomizations];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_manifest_is_read_strictly(string file)
    {
        IReadOnlyList<object> objects = Manifests.Parse(Repository.Read(file));
        Assert.NotEmpty(objects);
        Assert.All(objects, o => Assert.False(string.IsNullOrEmpty(((IKubernetesObject<V1ObjectMeta>)o).Metadata.Name)));
    }

    [Fact]
    public void An_unknown_key_is_an_error() =>
        Assert.ThrowsAny<Exception>(() => Manifests.Parse("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  prots: []\n"));

    [Theory]
    [MemberData(nameof(Files))]
    public void No_file_holds_a_secret(string file) => Assert.Empty(Manifests.Parse(Repository.Read(file)).OfType<V1Secret>());

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public void A_kustomization_names_every_file_beside_it_and_no_other(string folder)
    {
        YamlMappingNode root = Read(folder);
        string[] named = [.. Texts(root, "resources"), .. Texts(root, "components"), .. Patches(root), .. Items(root, "configMapGenerator").SelectMany(g => Texts(g, "files"))];
        Assert.Empty(root.Children.Keys.Select(key => ((YamlScalarNode)key).Value!).Except(Keys));
        Assert.All(named, name => Assert.True(Path.Exists(Path.Combine(Repository.At(folder), name)), name));
        Assert.All(named.Where(Outside), name => Assert.Contains(Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.At(folder), name))), Manifests.Kustomizations));
        IEnumerable<string> beside = Directory.GetFiles(Repository.At(folder), "*.yaml").Select(file => Path.GetFileName(file)).Where(name => name != "kustomization.yaml");
        Assert.Equal(beside.Order(StringComparer.Ordinal), named.Where(name => !Outside(name)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public void A_patch_changes_an_object_that_the_base_has(string folder)
    {
        HashSet<(string, string)> known = [.. Manifests.Files.Where(file => file.StartsWith("k8s/base/", StringComparison.Ordinal)).SelectMany(Names)];
        Assert.All(Patches(Read(folder)).SelectMany(patch => Names($"{folder}/{patch}")), name => Assert.Contains(name, known));
    }

    private static IEnumerable<(string Kind, string Name)> Names(string file) =>
        Manifests.Parse(Repository.Read(file)).Cast<IKubernetesObject<V1ObjectMeta>>().Select(o => (o.Kind, o.Metadata.Name));

    private static YamlMappingNode Read(string folder)
    {
        YamlStream yaml = [];
        yaml.Load(new StringReader(Repository.Read($"{folder}/kustomization.yaml")));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    /// <summary>Whether a name leads to another folder, where it must be a kustomization: a single file there would be refused.</summary>
    private static bool Outside(string name) => name.StartsWith("..", StringComparison.Ordinal);

    private static IEnumerable<string> Patches(YamlMappingNode root) => Items(root, "patches").Select(patch => ((YamlScalarNode)patch["path"]).Value!);

    private static IEnumerable<string> Texts(YamlNode parent, string key) => Items(parent, key).Select(node => ((YamlScalarNode)node).Value!);

    private static IEnumerable<YamlNode> Items(YamlNode parent, string key) => ((YamlMappingNode)parent).Children.TryGetValue(key, out YamlNode? list) ? (YamlSequenceNode)list : [];
}
