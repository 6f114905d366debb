using System.Data;
using System.Globalization;
using System.Text;
using Microsoft.Data.SqlClient;
using Mta.Queueing;

namespace Mta.Cluster.Spool.SqlServer;

/// <summary>Builds a <c>VALUES</c> list and adds its parameters to a command.</summary>
internal sealed class ValueRow(SqlCommand command)
{
    private readonly StringBuilder _text = new();
    private bool _first;

    public void Begin()
    {
        _text.Append(_text.Length == 0 ? "(" : ", (");
        _first = true;
    }

    public void End() => _text.Append(')');

    public ValueRow Id(MessageId id)
    {
        Add(SqlDbType.Binary, 16, id.Value.ToByteArray(bigEndian: true));
        return this;
    }

    public ValueRow Int(int value)
    {
        Add(SqlDbType.Int, 0, value);
        return this;
    }

    public ValueRow Long(long value)
    {
        Add(SqlDbType.BigInt, 0, value);
        return this;
    }

    public ValueRow Text(string value)
    {
        Add(SqlDbType.NVarChar, 400, value);
        return this;
    }

    public ValueRow Blob(ReadOnlyMemory<byte>? value)
    {
        Add(SqlDbType.VarBinary, -1, value is { } bytes ? ToArray(bytes) : DBNull.Value);
        return this;
    }

    public override string ToString() => _text.ToString();

    private static byte[] ToArray(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0 && segment.Array!.Length == segment.Count
            ? segment.Array
            : bytes.ToArray();

    private void Add(SqlDbType type, int size, object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"@v{command.Parameters.Count}");
        var parameter = size == 0 ? command.Parameters.Add(name, type) : command.Parameters.Add(name, type, size);
        parameter.Value = value;
        _text.Append(_first ? "" : ", ").Append(name);
        _first = false;
    }
}
