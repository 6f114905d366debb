using System.Runtime.CompilerServices;
using Akka.Actor;
using Mta.Cluster.Contracts.Serialization;
using Xunit;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>
/// The octets of every contract. A golden file is never edited: journals hold what it holds, and members of the version before send it. A missing one is written
/// where <c>MTA_WRITE_GOLDEN</c> is set.
/// </summary>
[Collection(ContractCollection.Name)]
public sealed class GoldenTests(NodeFixture node)
{
    private const string WriteMissing = "MTA_WRITE_GOLDEN";

    public static TheoryData<string> Files => [.. new Samples(_ => ActorRefs.Nobody).All.Select(sample => sample.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Golden_octets_are_read_as_they_were_meant(string file)
    {
        var value = Sample(file);
        // A form from before a field was added has none for it.
        Assert.Empty(Newest(file).File == file ? Depiction.UnsetFields(value) : []);
        var octets = Convert.FromHexString(Golden(file, value));
        Assert.Equal(Depiction.Of(value), Depiction.Of(node.Serializer.FromBinary(octets, ManifestOf(file))));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_newest_golden_octets_are_what_is_written(string file)
    {
        var newest = Newest(file);
        Assert.Equal(Golden(newest.File, newest.Value), Hex(newest.Value));
    }

    [Fact]
    public void Every_version_of_every_manifest_has_golden_octets()
    {
        var expected = ContractCatalog.All.Select(c => Manifest.Parse(c.Manifest)).SelectMany(m => Enumerable.Range(1, m.Version).Select(v => $"{m with { Version = v }}"));
        Assert.Equal(expected.Order(), node.Samples.All.Select(s => ManifestOf(s.File)).Distinct().Order());
    }

    [Fact]
    public void Every_golden_file_has_a_sample() =>
        Assert.Equal(node.Samples.All.Select(s => s.File).Order(), Directory.GetFiles(Built).Select(Path.GetFileNameWithoutExtension).Order());

    private static string Built => Path.Combine(AppContext.BaseDirectory, "Contracts", "Golden");

    private static string ManifestOf(string file)
    {
        var (name, version) = (file[..file.IndexOf('.')], file[(file.IndexOf('.') + 1)..]);
        return $"{name}:{version.Split('-')[0]}";
    }

    private static string NameOf(string file) => file[..file.IndexOf('.')];

    private (string File, object Value) Newest(string file) => node.Samples.All.Last(sample => NameOf(sample.File) == NameOf(file));

    private object Sample(string file) => node.Samples.All.Single(sample => sample.File == file).Value;

    private string Hex(object value) => Convert.ToHexStringLower(node.Serializer.ToBinary(value));

    private string Golden(string file, object value, [CallerFilePath] string here = "")
    {
        var built = Path.Combine(Built, file + ".hex");
        if (File.Exists(built))
            return File.ReadAllText(built).Trim();
        Assert.True(Environment.GetEnvironmentVariable(WriteMissing) is not null, $"{file}.hex is missing; {WriteMissing}=1 writes it");
        var hex = Hex(value);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(here)!, "Golden", file + ".hex"), hex + "\n");
        return hex;
    }
}
