namespace Mta.Testing;

/// <summary>A temporary directory that goes with the test.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace(string name)
    {
        Path = Directory.CreateTempSubdirectory($"mta-{name}-").FullName;
        // Peers that drop their privileges must be able to pass.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>True where directories are to stay when their test is over.</summary>
    public static bool IsKept { get; } = Environment.GetEnvironmentVariable("MTA_TEST_KEEP") is not null;

    public string Path { get; }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public string Write(string name, string text)
    {
        var file = At(name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose()
    {
        if (!IsKept)
            Directory.Delete(Path, recursive: true);
    }
}
