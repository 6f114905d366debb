using Akka.Configuration;

namespace Mta.Cluster;

/// <summary>The operator's file with Akka's own settings.</summary>
public static class AkkaConfigFile
{
    /// <summary>What is wrong with the file.</summary>
    /// <param name="path">The file; empty for none.</param>
    /// <returns>What is wrong and what is expected; null when the file can be used or none is named.</returns>
    public static string? Problem(string path)
    {
        if (path.Length == 0)
            return null;
        try
        {
            ConfigurationFactory.ParseString(File.ReadAllText(path));
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"there is no file '{path}'";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be read: {e.Message}";
        }
#pragma warning disable CA1031 // HOCON's parser throws plain exceptions of several types for what it cannot read.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return $"'{path}' is not HOCON: {e.Message}";
        }
    }
}
