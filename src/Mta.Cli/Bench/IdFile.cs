using System.Buffers.Text;

namespace Mta.Cli.Bench;

/// <summary>A file with a line for each id: fields apart by tabs. Thread-safe.</summary>
internal sealed class IdFile(string path) : IDisposable
{
    private const int LongestLine = 512;
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _length;

    /// <summary>Writes a line: id, result, code of the reply or 0, microseconds from dot to reply.</summary>
    public void Write(long id, ReadOnlySpan<byte> result, int code, TimeSpan took)
    {
        lock (_gate)
        {
            Number(id);
            Tab();
            Text(result);
            Tab();
            Number(code);
            Tab();
            Number((long)took.TotalMicroseconds);
            EndLine();
        }
    }

    /// <summary>Writes a line with an id alone.</summary>
    public void Write(long id)
    {
        lock (_gate)
        {
            Number(id);
            EndLine();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _file.Write(_buffer, 0, _length);
            _file.Dispose();
        }
    }

    private void EndLine()
    {
        _buffer[_length++] = (byte)'\n';
        if (_length + LongestLine <= _buffer.Length)
            return;
        _file.Write(_buffer, 0, _length);
        _length = 0;
    }

    private void Tab() => _buffer[_length++] = (byte)'\t';

    private void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out var written);
        _length += written;
    }
}
