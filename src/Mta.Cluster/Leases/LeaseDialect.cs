using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Mta.Cluster.Leases;

/// <summary>The statements of one database, and its connections. Times are 100 ns since 1970, as in the spool's other tables.</summary>
/// <remarks>Parameters: <c>@name</c>, <c>@owner</c>, <c>@version</c>, <c>@time</c>; in a renewal <c>@n0, @v0 … @nN, @vN</c>.</remarks>
internal abstract class LeaseDialect : IAsyncDisposable
{
    /// <summary>True where calls block, so that they are kept off the caller's thread.</summary>
    public abstract bool Blocks { get; }

    /// <summary>
    /// Gives the new version as its only row, or none. A lease is free when the clock is past its end, not at it: a clock that counts in milliseconds may have shown a
    /// time up to one of them too early when the end was set.
    /// </summary>
    public abstract string Acquire { get; }

    /// <summary>A released row keeps its version, and no owner is called so: a renewal on its way finds nothing.</summary>
    public const string Release = "UPDATE lease SET owner = '', expires = 0 WHERE name = @name AND owner = @owner AND version = @version";

    public string Read => $"SELECT owner, version, expires - {Now} FROM lease WHERE name = @name AND owner <> ''";

    /// <summary>The database's clock, as it is when the row is looked at.</summary>
    protected abstract string Now { get; }

    /// <summary>A connection, not opened yet; pooled below.</summary>
    public abstract DbConnection CreateConnection();

    /// <summary>Gives the names of the rows that it changed.</summary>
    public abstract string Renew(int count);

    /// <summary>True where an error says that somebody else has just made the row.</summary>
    public virtual bool IsTaken(DbException error) => false;

    public abstract ValueTask DisposeAsync();

    protected static string Keys(int count)
    {
        var text = new StringBuilder("VALUES ");
        for (var i = 0; i < count; i++)
            text.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"(@n{i}, @v{i})");
        return text.ToString();
    }
}

/// <summary>What PostgreSQL and SQLite share.</summary>
internal abstract class UpsertDialect : LeaseDialect
{
    public override string Acquire =>
        $"INSERT INTO lease (name, owner, version, expires) VALUES (@name, @owner, 1, {Now} + @time)"
        + $" ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, version = lease.version + 1, expires = {Now} + @time"
        + $" WHERE lease.owner = excluded.owner OR lease.expires < {Now} RETURNING version";

    public override string Renew(int count) =>
        $"WITH held(name, version) AS ({Keys(count)}) UPDATE lease SET expires = {Now} + @time FROM held"
        + " WHERE lease.name = held.name AND lease.version = held.version AND lease.owner = @owner RETURNING lease.name";
}
