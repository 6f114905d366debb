using System.Buffers;
using System.Text;
using Mta.Protocol.Smtp.Client;

namespace Mta.Protocol.Tests.Smtp.Client;

/// <summary>A peer of few words, for tests that drive the session by hand.</summary>
internal sealed class Peer(ClientSession session, ArrayBufferWriter<byte> output)
{
    /// <summary>Says something and returns the first effect.</summary>
    public ClientEffect Say(string text)
    {
        var input = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text));
        return session.Advance(ref input, output);
    }
}
