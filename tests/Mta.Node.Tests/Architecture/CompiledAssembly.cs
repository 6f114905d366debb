using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Mta.Node.Tests.Architecture;

/// <summary>What a compiled project refers to, read from its metadata: what it uses, not what it could use.</summary>
internal sealed class CompiledAssembly
{
    private CompiledAssembly(MetadataReader metadata)
    {
        Assemblies = [.. metadata.AssemblyReferences.Select(h => metadata.GetString(metadata.GetAssemblyReference(h).Name))];
        Types = [.. metadata.TypeReferences.Select(h => TypeName(metadata, h))];
        Members = [.. metadata.MemberReferences.Select(metadata.GetMemberReference).Where(m => m.Parent.Kind == HandleKind.TypeReference)
            .Select(m => $"{TypeName(metadata, (TypeReferenceHandle)m.Parent)}.{metadata.GetString(m.Name)}")];
    }

    /// <summary>The names of the assemblies.</summary>
    public HashSet<string> Assemblies { get; }

    /// <summary>The full names of the types of other assemblies.</summary>
    public HashSet<string> Types { get; }

    /// <summary>The members of types of other assemblies: <c>System.DateTime.get_UtcNow</c>.</summary>
    public HashSet<string> Members { get; }

    /// <summary>Reads an assembly from beside the tests.</summary>
    public static CompiledAssembly Read(string name)
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
        using PEReader reader = new(file);
        return new CompiledAssembly(reader.GetMetadataReader());
    }

    private static string TypeName(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        string name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{TypeName(metadata, (TypeReferenceHandle)type.ResolutionScope)}+{name}"
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
