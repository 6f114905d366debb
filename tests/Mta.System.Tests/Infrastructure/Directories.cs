namespace Mta.SystemTests.Infrastructure;

/// <summary>Places in the repository.</summary>
internal static class Directories
{
    /// <summary>The repository's top level.</summary>
    public static string Repository { get; } = FindRepository();

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Cluster.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("Cluster.sln is in no folder above the tests");
    }
}
