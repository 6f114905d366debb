using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>CRAM-MD5, the client's side (RFC 2195).</summary>
internal sealed class CramMd5Client(string user, string password) : ISaslClient
{
    public string Mechanism => CramMd5Server.Name;

    public bool IsComplete { get; private set; }

    public byte[]? Start()
    {
        IsComplete = false;
        return null;
    }

    public byte[]? Step(ReadOnlySpan<byte> challenge)
    {
        if (IsComplete || challenge.IsEmpty)
            return null;
        IsComplete = true;
        return Encoding.UTF8.GetBytes($"{user} {Convert.ToHexStringLower(CramMd5Server.Digest(password, challenge))}");
    }
}
