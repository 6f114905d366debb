using System.Globalization;

namespace Mta.Cluster.Spool.Sql;

/// <summary>What <c>meta</c> must say.</summary>
internal static class SchemaCheck
{
    /// <summary>The schema that this program creates and serves.</summary>
    public const int Version = 1;

    public const string VersionKey = "schema_version";
    public const string PartitionsKey = "partition_count";

    /// <summary>Compares what the database holds.</summary>
    /// <exception cref="SpoolSchemaException">It does not fit.</exception>
    public static void Verify(string database, IReadOnlyDictionary<string, string> meta, int partitions)
    {
        var version = meta.GetValueOrDefault(VersionKey);
        if (version != Text(Version))
        {
            throw new SpoolSchemaException(
                $"{database} has spool schema version {version ?? "(none)"}; this program serves version {Version}. Use the program that wrote it, or another database.");
        }
        var count = meta.GetValueOrDefault(PartitionsKey);
        if (count != Text(partitions))
        {
            throw new SpoolSchemaException(
                $"{database} was created with {count ?? "(no)"} partitions; the configuration says {partitions}. The number is fixed when the database is created.");
        }
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
