namespace Mta.Node.Tests;

/// <summary>The files of the repository, for tests that check them.</summary>
internal static class Repository
{
    /// <summary>The top level.</summary>
    public static string Root { get; } = Find();

    /// <summary>The path of a file or directory, from the top level.</summary>
    public static string At(string path) => Path.Combine(Root, path);

    /// <summary>The text of a file.</summary>
    public static string Read(string path) => File.ReadAllText(At(path));

    private static string Find()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Cluster.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("Cluster.sln is in no directory above the tests");
    }
}
