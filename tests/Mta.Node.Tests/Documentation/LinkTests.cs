using System.Text.RegularExpressions;

namespace Mta.Node.Tests.Documentation;

/// <summary>What the documents point at is there.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Documents =>
        [.. new[] { "README.md", "CHANGELOG.md" }.Concat(
            new[] { "src", "tests", "cluster-config", "k8s" }.Select(Repository.At).Where(Directory.Exists)
                .SelectMany(folder => Directory.GetFiles(folder, "*.md", SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal)))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_within_the_repository_leads_somewhere(string document)
    {
        string directory = Path.GetDirectoryName(Repository.At(document))!;
        IEnumerable<string> broken = Link().Matches(Repository.Read(document)).Select(m => m.Groups[1].Value)
            .Where(target => !Path.Exists(Path.Combine(directory, target)));
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_project_says_on_a_page_what_it_is()
    {
        foreach (string project in Directory.GetDirectories(Repository.At("src")).Select(folder => Path.GetRelativePath(Repository.Root, folder)))
        {
            string[] lines = Repository.Read($"{project}/README.md").Split('\n');
            Assert.Equal(project == "src/Mta.Cli" ? "# mtactl" : $"# {Path.GetFileName(project)}", lines[0]);
            Assert.InRange(lines.Length, 10, 90);
        }
    }

    [GeneratedRegex(@"\]\((?![a-z]+:)([^)#]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
