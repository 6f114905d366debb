using Microsoft.Data.SqlClient;
using Npgsql;

namespace Mta.Cluster.Spool;

/// <summary>What is wrong with a connection string, as far as that can be known without connecting.</summary>
internal static class ConnectionText
{
    /// <summary>What is wrong and what is expected; null when the text can be used. What it quotes are keywords, never values.</summary>
    public static string? Problem(SpoolDatabaseKind database, string text)
    {
        var expected = database == SpoolDatabaseKind.PostgreSql
            ? "expected the form Host=db.example;Username=mta;Password=…;Database=mta"
            : "expected the form Server=db.example;User ID=mta;Password=…;Database=mta";
        try
        {
            return Server(database, text).Length > 0 ? null : $"names no server; {expected}";
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            return $"cannot be read: {e.Message}; {expected}";
        }
    }

    private static string Server(SpoolDatabaseKind database, string text) => database == SpoolDatabaseKind.PostgreSql
        ? new NpgsqlConnectionStringBuilder(text).Host ?? ""
        : new SqlConnectionStringBuilder(text).DataSource;
}
