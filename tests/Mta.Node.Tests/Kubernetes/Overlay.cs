using System.Collections.Concurrent;
using System.Diagnostics;
using k8s;
using k8s.Models;
using Mta.Node.Configuration;
using Mta.Protocol.Authentication;

namespace Mta.Node.Tests.Kubernetes;

/// <summary>An overlay as <c>kubectl kustomize</c> builds it, and the configuration that a pod of it starts with.</summary>
internal sealed class Overlay
{
    private static readonly ConcurrentDictionary<string, Lazy<Overlay>> Known = new();

    private readonly IReadOnlyList<object> _objects;

    private Overlay(IReadOnlyList<object> objects) => _objects = objects;

    /// <summary>The objects.</summary>
    public IEnumerable<IKubernetesObject<V1ObjectMeta>> Objects => _objects.Cast<IKubernetesObject<V1ObjectMeta>>();

    /// <summary>The StatefulSet.</summary>
    public V1StatefulSet StatefulSet => Assert.Single(Of<V1StatefulSet>());

    /// <summary>What it says of a pod.</summary>
    public V1PodSpec Pod => StatefulSet.Spec.Template.Spec;

    /// <summary>The pod's only container.</summary>
    public V1Container Container => Assert.Single(Pod.Containers);

    /// <summary>Builds an overlay, once; the test is skipped where kubectl is not installed.</summary>
    /// <param name="name">The overlay's folder.</param>
    public static Overlay Build(string name)
    {
        string? kubectl = OnPath("kubectl");
        Assert.SkipWhen(kubectl is null, "kubectl is not installed");
        return Known.GetOrAdd(name, n => new(() => new Overlay(Manifests.Parse(Kustomize(kubectl!, Repository.At($"k8s/overlays/{n}")))))).Value;
    }

    /// <summary>Where a program is; null where it is not installed.</summary>
    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    /// <summary>The objects of one kind.</summary>
    public IEnumerable<T> Of<T>() => _objects.OfType<T>();

    /// <summary>The number of one of the container's ports.</summary>
    public int Port(string name) => Container.Ports.Single(p => p.Name == name).ContainerPort;

    /// <summary>Where a volume is seen in the container.</summary>
    public string Mount(string volume) => Container.VolumeMounts.Single(m => m.Name == volume).MountPath;

    /// <summary>What a pod's node reads at its start: the ConfigMap's file, and the environment over it.</summary>
    /// <param name="ordinal">Which pod.</param>
    public LoadedConfiguration Load(int ordinal = 0)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("mta-overlay-");
        try
        {
            string file = Path.Combine(directory.FullName, "mta.yaml");
            File.WriteAllText(file, Assert.Single(Of<V1ConfigMap>()).Data["mta.yaml"]);
            return ConfigurationLoader.Load(file, WithSecretFiles(Variables(ordinal), directory.FullName));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The container's environment, made as the kubelet makes it: <c>$(NAME)</c> is a variable that stands before.</summary>
    private Dictionary<string, string> Variables(int ordinal)
    {
        Dictionary<string, string> made = [];
        foreach (V1EnvVar variable in Container.Env)
        {
            string value = variable.ValueFrom is { } source ? Referred(source, ordinal) : variable.Value;
            foreach ((string name, string before) in made)
                value = value.Replace($"$({name})", before, StringComparison.Ordinal);
            Assert.DoesNotContain("$(", value, StringComparison.Ordinal);
            made.Add(variable.Name, value);
        }
        return made;
    }

    private string Referred(V1EnvVarSource source, int ordinal) => source switch
    {
        { FieldRef.FieldPath: "metadata.name" } => $"{StatefulSet.Metadata.Name}-{ordinal}",
        { FieldRef.FieldPath: "status.podIP" } => $"10.0.0.{ordinal + 1}",
        { SecretKeyRef: { Name: "mta-database", Key: "connectionString" } } => "Server=database.example.com;Database=mta",
        { SecretKeyRef: { Name: "mta-management", Key: "operatorTokenHash" } } => BearerToken.Hash("token"),
        _ => throw new InvalidOperationException($"a pod has no {source.FieldRef?.FieldPath ?? source.SecretKeyRef?.Name}"),
    };

    /// <summary>The variables with the mounted Secrets put where this test can write.</summary>
    private Dictionary<string, string> WithSecretFiles(Dictionary<string, string> variables, string directory)
    {
        foreach (V1Volume volume in Pod.Volumes.Where(v => v.Secret is not null))
        {
            string folder = Directory.CreateDirectory(Path.Combine(directory, volume.Name)).FullName;
            // The names that Kubernetes and cert-manager give the files of a Secret of type kubernetes.io/tls.
            PemFiles.Write(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
            if (volume.Secret.SecretName == "mta-members")
                File.Copy(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "ca.crt"));
            variables = variables.ToDictionary(v => v.Key, v => v.Value.Replace($"{Mount(volume.Name)}/", $"{folder}/", StringComparison.Ordinal));
        }
        return variables;
    }

    private static string Kustomize(string kubectl, string folder)
    {
        using Process process = Process.Start(new ProcessStartInfo(kubectl, ["kustomize", folder]) { RedirectStandardOutput = true })!;
        string built = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return built;
    }
}
