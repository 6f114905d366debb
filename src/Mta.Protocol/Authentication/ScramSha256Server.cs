using System.Security.Cryptography;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>
/// SCRAM-SHA-256, the server's side (RFC 5802, RFC 7677), without channel binding.
/// <para>States: first message → look-up → proof → check → the client's acknowledgement of the server's signature, which under SMTP is a challenge of its
/// own, because 235 carries no data (RFC 4954 §4).</para>
/// </summary>
internal sealed class ScramSha256Server(UserDirectory users, string serverNonce) : ISaslVerifier
{
    public const string Name = "SCRAM-SHA-256";

    private State _state = State.First;
    private string _user = "";
    private string _gs2Header = "";
    private string _nonce = "";
    private string _firstBare = "";
    private string _firstMessages = "";
    private string _withoutProof = "";
    private byte[] _proof = [];
    private byte[] _binding = [];
    private ScramSecret? _secret;

    private enum State
    {
        /// <summary>Waits for client-first-message.</summary>
        First,

        /// <summary>The first message is there; waits for <see cref="Verify"/>.</summary>
        LookUp,

        /// <summary>Waits for client-final-message.</summary>
        Proof,

        /// <summary>The proof is there; waits for <see cref="Verify"/>.</summary>
        Check,

        /// <summary>The proof was right; waits for the empty response to the server's signature.</summary>
        Signed,

        /// <summary>Over.</summary>
        Done,
    }

    public string Mechanism => Name;

    public string? ClaimedUser => _user.Length == 0 ? null : _user;

    public SaslStep Start(bool hasInitialResponse, ReadOnlySpan<byte> initialResponse) =>
        hasInitialResponse ? Step(initialResponse) : SaslStep.Ask(default);

    public SaslStep Step(ReadOnlySpan<byte> response)
    {
        var state = _state;
        _state = State.Done;
        if (state is State.Signed)
            return response.IsEmpty ? SaslStep.Succeeded(_user) : SaslStep.Failed(SaslFailure.Malformed);
        if (!SaslText.TryDecode(response, out var message))
            return SaslStep.Failed(SaslFailure.Malformed);
        return state switch
        {
            State.First => First(message),
            State.Proof => Proof(message),
            _ => SaslStep.Failed(SaslFailure.Malformed),
        };
    }

    // RFC 5802 §7: client-first-message = gs2-cbind-flag "," [authzid] "," [reserved-mext ","] username "," nonce ["," extensions]
    private SaslStep First(string message)
    {
        var parts = message.Split(',');
        if (parts.Length < 4)
            return SaslStep.Failed(SaslFailure.Malformed);
        // RFC 5802 §6: "y" is right, since no -PLUS is offered; "p" asks for what was not offered.
        if (parts[0].StartsWith("p=", StringComparison.Ordinal))
            return SaslStep.Failed(SaslFailure.InvalidCredentials);
        if (parts[0] is not ("n" or "y")
            || ScramMessages.Value(parts[2], 'n') is not { } coded || !ScramMessages.TryDecodeName(coded, out _user)
            || ScramMessages.Value(parts[3], 'r') is not { } nonce || !ScramMessages.IsNonce(nonce))
            return SaslStep.Failed(SaslFailure.Malformed);
        if (parts[1].Length > 0 && parts[1] != $"a={coded}")
            return SaslStep.Failed(ScramMessages.Value(parts[1], 'a') is null ? SaslFailure.Malformed : SaslFailure.InvalidCredentials);
        _gs2Header = $"{parts[0]},{parts[1]},";
        _nonce = nonce + serverNonce;
        _firstBare = message[_gs2Header.Length..];
        _state = State.LookUp;
        return SaslStep.NeedLookup;
    }

    public SaslStep Verify()
    {
        var state = _state;
        _state = State.Done;
        return state switch
        {
            State.LookUp => LookUp(),
            State.Check => Check(),
            _ => SaslStep.Failed(SaslFailure.InvalidCredentials),
        };
    }

    private SaslStep LookUp()
    {
        _secret = users.FindScram(_user);
        var first = $"r={_nonce},s={Convert.ToBase64String(_secret.Salt)},i={_secret.Iterations}";
        _firstMessages = $"{_firstBare},{first}";
        _state = State.Proof;
        return SaslStep.Ask(Encoding.UTF8.GetBytes(first));
    }

    // RFC 5802 §7: client-final-message = channel-binding "," nonce ["," extensions] "," proof
    private SaslStep Proof(string message)
    {
        var cut = message.LastIndexOf(",p=", StringComparison.Ordinal);
        _withoutProof = cut < 0 ? "" : message[..cut];
        var parts = _withoutProof.Split(',');
        if (parts.Length < 2
            || ScramMessages.Base64(ScramMessages.Value(message[(cut + 1)..], 'p'), ScramKeys.Size) is not { } proof
            || ScramMessages.Base64(ScramMessages.Value(parts[0], 'c'), 0) is not { } binding)
            return SaslStep.Failed(SaslFailure.Malformed);
        (_proof, _binding) = (proof, binding);
        _state = State.Check;
        return SaslStep.NeedLookup;
    }

    private SaslStep Check()
    {
        var authMessage = $"{_firstMessages},{_withoutProof}";
        var clientKey = ScramKeys.Xor(_proof, ScramKeys.Sign(_secret!.StoredKey, authMessage));
        var fits = CryptographicOperations.FixedTimeEquals(ScramKeys.StoredKey(clientKey), _secret.StoredKey);
        // RFC 5802 §5.1: "c" repeats the gs2 header, "r" the whole nonce; both are signed, so a change under way fails here.
        var bound = _binding.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(_gs2Header));
        if (!(fits & bound & _withoutProof.Split(',')[1] == $"r={_nonce}"))
            return SaslStep.Failed(SaslFailure.InvalidCredentials);
        _state = State.Signed;
        var signature = Convert.ToBase64String(ScramKeys.Sign(_secret.ServerKey, authMessage));
        return SaslStep.Ask(Encoding.UTF8.GetBytes($"v={signature}"));
    }
}
