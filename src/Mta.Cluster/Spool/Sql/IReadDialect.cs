using System.Data.Common;
using Mta.Queueing;

namespace Mta.Cluster.Spool.Sql;

/// <summary>What differs between the databases for a reader.</summary>
internal interface IReadDialect
{
    /// <summary>True where calls block, so that they are kept off the caller's thread.</summary>
    bool Blocks { get; }

    /// <summary>A connection, not opened yet; pooled below.</summary>
    DbConnection CreateConnection();

    /// <summary>The condition that a ref comes after a position: <c>@a</c>, <c>@i</c>, <c>@o</c> are its time, id and ordinal.</summary>
    string AfterPosition { get; }

    /// <summary>What follows ORDER BY to get the first <c>@n</c> rows.</summary>
    string FirstRows { get; }

    /// <summary>A <c>WITH</c> clause that makes <c>k(id, ordinal)</c> out of the parameters <c>@i0, @o0 … @iN, @oN</c>.</summary>
    string KeyTable(int count);

    /// <summary>Adds an id as a parameter.</summary>
    void AddId(DbCommand command, string name, MessageId id);

    /// <summary>Reads an id.</summary>
    MessageId GetId(DbDataReader row, int column);
}
