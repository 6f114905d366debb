using Mta.Cluster.Spool.Search;
using Mta.Cluster.Spool.Sql;

namespace Mta.Cluster.Spool.Commit;

/// <summary>One of the three databases.</summary>
internal interface ISpoolDatabase : IAsyncDisposable
{
    /// <summary>The database as an operator knows it, without secrets: <c>SQLite file /var/lib/mta/spool.db</c>.</summary>
    string Name { get; }

    /// <summary>How many commit loops it takes.</summary>
    int Writers { get; }

    /// <summary>True where calls block their thread, so that a commit loop gets a thread of its own.</summary>
    bool Blocks { get; }

    /// <summary>Creates the schema where there is none, and checks it.</summary>
    /// <exception cref="SpoolSchemaException">It is another version's, or has another number of partitions.</exception>
    Task OpenSchemaAsync(int partitions, CancellationToken cancel);

    /// <summary>A connection for one commit loop.</summary>
    ISpoolWriter CreateWriter();

    /// <summary>The statements and connections of readers.</summary>
    SpoolReader Reader { get; }

    /// <summary>The statements and connections of searches.</summary>
    SpoolSearcher Searcher { get; }

    /// <summary>
    /// True where an error says that the database is gone, full, hung or refuses everybody, so that trying the batch's items singly
    /// would not help; false where it may be the fault of one item, or of bad luck (deadlock).
    /// </summary>
    bool IsLost(Exception error);
}
