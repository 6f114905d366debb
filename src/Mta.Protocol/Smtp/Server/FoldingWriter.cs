using System.Buffers;
using System.Text;

namespace Mta.Protocol.Smtp.Server;

/// <summary>Puts the words of a header field into lines (RFC 5322 §2.2.3).</summary>
/// <param name="maxLine">Characters in a line, CRLF not counted; a longer word gets a line of its own.</param>
internal sealed class FoldingWriter(int maxLine)
{
    private const string Fold = "\r\n\t";
    private readonly StringBuilder _text = new(256);
    private int _column;

    /// <summary>The name of the field and its first word.</summary>
    public FoldingWriter Start(string text)
    {
        _text.Append(text);
        _column = text.Length;
        return this;
    }

    /// <summary>A word on a new line.</summary>
    public FoldingWriter Line(string word)
    {
        _text.Append(Fold).Append(word);
        _column = 1 + word.Length;
        return this;
    }

    /// <summary>A word behind a space, or on a new line where it does not fit.</summary>
    public FoldingWriter Word(string word)
    {
        // Room is kept for a semicolon behind the word.
        if (_column + 1 + word.Length >= maxLine)
            return Line(word);
        _text.Append(' ').Append(word);
        _column += 1 + word.Length;
        return this;
    }

    /// <summary>A semicolon, right behind the last word.</summary>
    public FoldingWriter Semicolon()
    {
        _text.Append(';');
        _column++;
        return this;
    }

    /// <summary>Ends the field.</summary>
    public void WriteTo(IBufferWriter<byte> target)
    {
        _text.Append("\r\n");
        Encoding.UTF8.GetBytes(_text.ToString(), target);
    }
}
