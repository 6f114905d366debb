using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>PLAIN, the client's side (RFC 4616).</summary>
internal sealed class PlainClient(string user, string password) : ISaslClient
{
    public string Mechanism => PlainServer.Name;

    public bool IsComplete { get; private set; }

    public byte[]? Start()
    {
        IsComplete = true;
        return Encoding.UTF8.GetBytes($"\0{user}\0{password}");
    }

    // The one message has been sent: any challenge is against the mechanism.
    public byte[]? Step(ReadOnlySpan<byte> challenge) => null;
}
