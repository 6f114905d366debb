using System.Text.RegularExpressions;
using Mta.Node.Configuration;
using Mta.Protocol.Authentication;

namespace Mta.Node.Tests.Documentation;

/// <summary>What the documentation tells a user to write is valid as it stands.</summary>
public sealed partial class ExampleTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mta-examples-");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Repository.At("cluster-config"), "*.yaml", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file) != "kustomization.yaml")
        .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_is_valid_as_it_stands(string file)
    {
        Dictionary<string, string> surroundings = new(Surroundings());
        // What a pod of a StatefulSet knows of itself, and another machine does not.
        if (file.StartsWith("cluster-config/kubernetes/", StringComparison.Ordinal))
            surroundings.Add("MTA__CLUSTER__STATEFULSET__PODNAME", "mta-0");
        LoadedConfiguration loaded = ConfigurationLoader.Load(Repository.At(file), surroundings);
        Assert.Empty(loaded.Problems);
    }

    [Fact]
    public void The_list_of_files_is_complete()
    {
        string readMe = Repository.Read("cluster-config/README.md");
        Assert.All(Files.Select(f => f.Data), file => Assert.Contains($"]({Path.GetRelativePath("cluster-config", file)})", readMe, StringComparison.Ordinal));
    }

    [Fact]
    public void The_three_nodes_share_one_database_and_know_each_other()
    {
        NodeConfiguration options = ConfigurationLoader.Load(Repository.At("cluster-config/examples/three-nodes.yaml"), Surroundings()).Options;
        Assert.Equal(3, options.Cluster.Seeds.Count);
        Assert.Contains($"{options.Cluster.Host}:{options.Cluster.Port}", options.Cluster.Seeds);
        Assert.NotEqual("", options.Spool.ConnectionString);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("cluster-config/README.md")]
    public void Every_variable_in_a_document_sets_a_key(string document)
    {
        Dictionary<string, string> variables = Variable().Matches(Repository.Read(document)).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Trim('\'', '"', '`'));
        Assert.Empty(ConfigurationLoader.Load(null, variables).Problems);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>The variables that the examples refer to.</summary>
    private Dictionary<string, string> Surroundings()
    {
        PemFiles.Write(Path.Combine(_directory.FullName, "fullchain.pem"), Path.Combine(_directory.FullName, "privkey.pem"));
        const string Secret = "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        return new()
        {
            ["MTA_NODE_NAME"] = "mta1.example.com",
            ["MTA_NODE_ADDRESS"] = "192.0.2.11",
            ["MTA_DATABASE"] = "Server=db.example.com;Database=mta;User ID=mta;Password=secret",
            ["MTA_TLS_DIRECTORY"] = _directory.FullName,
            ["MTA_ALICE_TOKEN_HASH"] = BearerToken.Hash("token"),
            ["MTA_SECRET_ALICE"] = Secret,
            ["MTA_SECRET_BOB"] = Secret,
        };
    }

    [GeneratedRegex(@"\b(MTA__\w[\w.-]*)=(\S+)")]
    private static partial Regex Variable();
}
