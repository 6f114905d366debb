using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Mta.SystemTests.Infrastructure;

/// <summary>What stands in the embedded spool of a node that does not run.</summary>
internal static class SpoolFile
{
    /// <summary>The names in the recipients of all refs that match; read from a copy, so that the file stays as the node left it.</summary>
    public static IReadOnlySet<string> Recipients(string dataDirectory, Regex name)
    {
        var copy = Directory.CreateTempSubdirectory("mta-spool-copy-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(dataDirectory, "spool.db*"))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            return Read(Path.Combine(copy, "spool.db"), name);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static HashSet<string> Read(string file, Regex name)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT recipients FROM spool_ref";
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            // The blob is protobuf; the names stand in it as text.
            var text = Encoding.Latin1.GetString(rows.GetFieldValue<byte[]>(0));
            foreach (Match match in name.Matches(text))
                found.Add(match.Value);
        }
        return found;
    }
}
