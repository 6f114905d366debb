using System.Buffers;
using Mta.Protocol.Smtp.Dialogue;

namespace Mta.Cluster.Dialogues;

/// <summary>Lets a recorder hear what is written.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="recorder">Who hears it, as the server's.</param>
internal sealed class TappedOutput(IBufferWriter<byte> output, DialogueRecorder recorder) : IBufferWriter<byte>
{
    private Memory<byte> _last;

    public void Advance(int count)
    {
        recorder.Server(_last.Span[..count]);
        _last = _last[count..];
        output.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _last = output.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
