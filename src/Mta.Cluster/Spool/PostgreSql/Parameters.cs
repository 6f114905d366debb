using Npgsql;
using NpgsqlTypes;

namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>Positional parameters of statements, of which most are columns: an array with a value for each row.</summary>
internal static class Parameters
{
    public const NpgsqlDbType Uuids = NpgsqlDbType.Array | NpgsqlDbType.Uuid;
    public const NpgsqlDbType Longs = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
    public const NpgsqlDbType Integers = NpgsqlDbType.Array | NpgsqlDbType.Integer;
    public const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
    public const NpgsqlDbType Blobs = NpgsqlDbType.Array | NpgsqlDbType.Bytea;

    /// <summary>A column's array.</summary>
    public static TValue[] Column<TRow, TValue>(IReadOnlyCollection<TRow> rows, Func<TRow, TValue> value)
    {
        var column = new TValue[rows.Count];
        var i = 0;
        foreach (var row in rows)
            column[i++] = value(row);
        return column;
    }

    /// <summary>Adds one.</summary>
    public static void Add<T>(this NpgsqlParameterCollection parameters, NpgsqlDbType type, T value) =>
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });

    /// <summary>The columns of <c>spool_message</c>, in their order.</summary>
    public static void AddMessages(this NpgsqlParameterCollection parameters, IReadOnlyList<Commit.MessageRow> rows)
    {
        parameters.Add(Uuids, Column(rows, r => r.Id.Value));
        parameters.Add(Longs, Column(rows, r => r.AcceptedAt));
        parameters.Add(Texts, Column(rows, r => r.AcceptedBy));
        parameters.Add(Longs, Column(rows, r => r.Size));
        parameters.Add(Integers, Column(rows, r => r.ChunkCount));
        parameters.Add(Blobs, Column(rows, r => r.Envelope));
        parameters.Add(Blobs, Column(rows, r => r.Body));
    }

    /// <summary>The columns of new rows of <c>spool_ref</c>, in the order of <see cref="Statements.InsertRefs"/>.</summary>
    public static void AddRefs(this NpgsqlParameterCollection parameters, IReadOnlyList<Commit.RefRow> rows)
    {
        parameters.Add(Uuids, Column(rows, r => r.Id.Message.Value));
        parameters.Add(Integers, Column(rows, r => r.Id.Ordinal));
        parameters.Add(Integers, Column(rows, r => r.Partition));
        parameters.Add(Texts, Column(rows, r => r.Domain));
        parameters.Add(Longs, Column(rows, r => r.AcceptedAt));
        parameters.Add(Texts, Column(rows, r => r.AcceptedBy));
        parameters.Add(Blobs, Column(rows, r => r.Recipients));
    }
}
