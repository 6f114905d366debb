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

    /// <summary>What ends a query to get any <c>@n</c> rows, whichever come first; <paramref name="key"/> is a column that orders them where that must be.</summary>
    string SomeRows(string key);

    /// <summary>The condition that a text stands in a column of text, whose ASCII letters are small.</summary>
    string HasText(string column, string parameter);

    /// <summary>The condition that a text of small ASCII letters and other printable ASCII stands in a column of octets, whatever the case of ASCII letters there.</summary>
    string HasOctets(string column, string parameter);

    /// <summary>A <c>WITH</c> clause that makes <c>k(id, ordinal)</c> out of the parameters <c>@i0, @o0 … @iN, @oN</c>.</summary>
    string KeyTable(int count);

    /// <summary>Adds an id as a parameter.</summary>
    void AddId(DbCommand command, string name, MessageId id);

    /// <summary>Reads an id.</summary>
    MessageId GetId(DbDataReader row, int column);

    /// <summary>Reads a body or a part of one, into a buffer that the caller disposes.</summary>
    BodyBuffer GetBytes(DbDataReader row, int column)
    {
        using var stream = row.GetStream(column);
        var body = new BodyBuffer((int)Math.Max(stream.CanSeek ? stream.Length : 0, 256));
        int read;
        while ((read = stream.Read(body.GetSpan(256))) > 0)
            body.Advance(read);
        return body;
    }
}
