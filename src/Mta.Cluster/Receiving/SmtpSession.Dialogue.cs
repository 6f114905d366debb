using System.Buffers;
using Mta.Cluster.Dialogues;
using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <content>What one who watches hears.</content>
internal sealed partial class SmtpSession
{
    // Replies are heard as they are written; the output is another one under TLS.
    private void Tap() => _tapped = _recording is null ? null : new TappedOutput(_connection.Output, _recording.Recorder);

    // The client is heard before it is answered: the session takes no more than it answers to, apart from an end of content.
    private ServerEffect AdvanceHeard(ref ReadOnlySequence<byte> step)
    {
        var (offered, replies) = (step, new ArrayBufferWriter<byte>());
        var effect = Session.Advance(ref step, replies, _body);
        _recording!.Client(offered.Slice(0, offered.Length - step.Length));
        Output.Write(replies.WrittenSpan);
        return effect;
    }
}
