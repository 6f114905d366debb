using System.Data.Common;
using Microsoft.Data.Sqlite;
using Mta.Cluster.Spool;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>The suite on SQLite.</summary>
[Collection("spool")]
public sealed class SqliteSpoolTests : SpoolSuite
{
    protected override Task<SpoolHarness> StartAsync() => Task.FromResult<SpoolHarness>(new SqliteHarness());
}

/// <summary>A directory of its own for each test.</summary>
public sealed class SqliteHarness : SpoolHarness
{
    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("mta-spool-");

    public override string Directory => _directory.FullName;

    public string File => Path.Combine(Directory, "spool.db");

    public override SpoolOptions Options() => new();

    public override DbConnection Connect() => new SqliteConnection($"Data Source={File};Pooling=False");

    protected override ValueTask DropAsync()
    {
        _directory.Delete(recursive: true);
        return default;
    }
}
