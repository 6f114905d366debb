using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mta.Node.Tests.Architecture;

/// <summary>What holds for the repository as a whole: its top level, its solution, its package versions.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string[] Projects = [.. Directory.GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Root, file)).Where(file => !Ignored(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_top_level_holds_what_it_may()
    {
        string[] allowed =
        [
            "src", "tests", "cluster-config", "k8s", "Cluster.sln", "README.md", "CHANGELOG.md", "LICENSE",
            "Directory.Build.props", "Directory.Packages.props", "global.json",
        ];
        // What is made by running and testing is in .gitignore; what begins with a dot is the tools'.
        string[] made = [.. Repository.Read(".gitignore").Split('\n').Select(line => line.Trim('/')).Where(line => line.Length > 0)];
        IEnumerable<string> others = Directory.EnumerateFileSystemEntries(Repository.Root).Select(entry => Path.GetFileName(entry))
            .Where(name => !name.StartsWith('.') && !allowed.Contains(name) && !made.Contains(name));
        Assert.Empty(others);
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        IEnumerable<string> listed = ProjectLine().Matches(Repository.Read("Cluster.sln")).Select(m => m.Groups[1].Value.Replace('\\', '/'));
        Assert.Equal(Projects, listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_package_version_is_exact_and_central()
    {
        XDocument central = XDocument.Parse(Repository.Read("Directory.Packages.props"));
        Assert.Equal("true", central.Descendants("ManagePackageVersionsCentrally").Single().Value);
        Assert.Equal("true", central.Descendants("CentralPackageTransitivePinningEnabled").Single().Value);
        Assert.All(central.Descendants("PackageVersion"), p => Assert.Matches(Exact(), p.Attribute("Version")!.Value));
        foreach (string project in Projects)
        {
            IEnumerable<XElement> own = XDocument.Parse(Repository.Read(project)).Descendants("PackageReference");
            Assert.DoesNotContain(own, p => p.Attribute("Version") is not null || p.Attribute("VersionOverride") is not null || p.Element("Version") is not null);
        }
    }

    [Fact]
    public void A_restore_that_takes_another_version_is_an_error()
    {
        // NU1603: the asked version is not there, a later one is taken. Warnings are errors, and nobody silences this one.
        Assert.Equal("true", XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("TreatWarningsAsErrors").Single().Value);
        foreach (string file in Projects.Append("Directory.Build.props").Append("Directory.Packages.props"))
            Assert.DoesNotContain("NU16", Repository.Read(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_project_aims_at_the_same_framework() =>
        Assert.All(Projects, project => Assert.Empty(XDocument.Parse(Repository.Read(project)).Descendants("TargetFramework")));

    private static bool Ignored(string file) => file.Split('/').Any(part => part is "bin" or "obj" or "artifacts" || part.StartsWith('.'));

    [GeneratedRegex("""= "[^"]+", "([^"]+\.csproj)",""")]
    private static partial Regex ProjectLine();

    [GeneratedRegex(@"^\d+\.\d+\.\d+(\.\d+)?(-[0-9A-Za-z.]+)?$")]
    private static partial Regex Exact();
}
