using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>
/// SCRAM-SHA-256, the client's side (RFC 5802, RFC 7677), without channel binding. Complete only when the server has proved that it
/// knows the verifier.
/// </summary>
internal sealed class ScramSha256Client(string user, string password, Func<string> newNonce) : ISaslClient
{
    private const string Gs2Header = "n,,";
    private State _state = State.First;
    private string _nonce = "";
    private string _firstBare = "";
    private byte[] _serverSignature = [];

    private enum State
    {
        /// <summary>Waits for server-first-message.</summary>
        First,

        /// <summary>Waits for server-final-message.</summary>
        Final,

        /// <summary>The server has proved itself.</summary>
        Complete,

        /// <summary>Given up.</summary>
        Failed,
    }

    public string Mechanism => ScramSha256Server.Name;

    public bool IsComplete => _state is State.Complete;

    public byte[]? Start()
    {
        _state = State.First;
        _nonce = newNonce();
        _firstBare = $"n={ScramMessages.EncodeName(user)},r={_nonce}";
        return Encoding.UTF8.GetBytes(Gs2Header + _firstBare);
    }

    public byte[]? Step(ReadOnlySpan<byte> challenge)
    {
        var state = _state;
        _state = State.Failed;
        if (!SaslText.TryDecode(challenge, out var message))
            return null;
        return state switch
        {
            State.First => Prove(message),
            State.Final => Check(message),
            _ => null,
        };
    }

    // RFC 5802 §7: server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
    private byte[]? Prove(string serverFirst)
    {
        var parts = serverFirst.Split(',');
        if (parts.Length < 3
            || ScramMessages.Value(parts[0], 'r') is not { } nonce || !ScramMessages.IsNonce(nonce)
            || ScramMessages.Base64(ScramMessages.Value(parts[1], 's'), 0) is not { } salt
            || !int.TryParse(ScramMessages.Value(parts[2], 'i'), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations))
            return null;
        // RFC 5802 §5.1: the server's nonce begins with ours and adds to it. RFC 7677 §4: fewer than 4096 rounds are refused;
        // the upper limit keeps a server from holding this node's cores.
        if (nonce.Length <= _nonce.Length || !nonce.StartsWith(_nonce, StringComparison.Ordinal)
            || iterations is < StoredSecret.MinimumIterations or > StoredSecret.MaximumIterations)
            return null;
        var salted = ScramKeys.SaltedPassword(password, salt, iterations);
        var withoutProof = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(Gs2Header))},r={nonce}";
        var authMessage = $"{_firstBare},{serverFirst},{withoutProof}";
        var clientKey = ScramKeys.ClientKey(salted);
        var proof = ScramKeys.Xor(clientKey, ScramKeys.Sign(ScramKeys.StoredKey(clientKey), authMessage));
        _serverSignature = ScramKeys.Sign(ScramKeys.ServerKey(salted), authMessage);
        _state = State.Final;
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    // RFC 5802 §7: server-final-message = (server-error / verifier) ["," extensions]
    private byte[]? Check(string serverFinal)
    {
        var signature = ScramMessages.Base64(ScramMessages.Value(serverFinal.Split(',')[0], 'v'), ScramKeys.Size);
        if (signature is null || !CryptographicOperations.FixedTimeEquals(signature, _serverSignature))
            return null;
        _state = State.Complete;
        return [];
    }
}
