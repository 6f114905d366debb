using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>LOGIN, the client's side: name, then password, whatever the two prompts say.</summary>
internal sealed class LoginClient(string user, string password) : ISaslClient
{
    private int _answered;

    public string Mechanism => LoginServer.Name;

    public bool IsComplete => _answered == 2;

    public byte[]? Start()
    {
        _answered = 0;
        return null;
    }

    public byte[]? Step(ReadOnlySpan<byte> challenge)
    {
        if (IsComplete)
            return null;
        _answered++;
        return Encoding.UTF8.GetBytes(_answered == 1 ? user : password);
    }
}
