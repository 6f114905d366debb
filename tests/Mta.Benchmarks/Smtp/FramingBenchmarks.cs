using System.Text;
using BenchmarkDotNet.Attributes;
using Mta.Protocol.Smtp.Client;

namespace Mta.Benchmarks.Smtp;

/// <summary>Dot-stuffing of content on its way out, in pieces of 64 KB.</summary>
public class FramingBenchmarks
{
    private const int Piece = 64 * 1024;
    private readonly Discard _output = new();
    private byte[] _content = [];

    /// <summary>One line in so many begins with a dot.</summary>
    [Params(1000, 4)]
    public int DotEvery { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var text = new StringBuilder();
        for (var line = 0; text.Length < 1024 * 1024; line++)
            text.Append(line % DotEvery == 0 ? "." : "").Append("All happy families are alike; each unhappy family is unhappy in its own way.\r\n");
        _content = Encoding.ASCII.GetBytes(text.ToString());
    }

    [Benchmark]
    public int Stuff_1_MB()
    {
        var stuffer = new DotStuffer();
        for (var at = 0; at < _content.Length; at += Piece)
            stuffer.Write(_content.AsSpan(at, Math.Min(Piece, _content.Length - at)), _output);
        return _content.Length;
    }
}
