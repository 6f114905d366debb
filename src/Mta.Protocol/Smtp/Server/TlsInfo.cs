namespace Mta.Protocol.Smtp.Server;

/// <summary>What is known of a session's encryption; for the log, the trace field and policy.</summary>
/// <param name="Version">The protocol version, as <c>TLS1.3</c>.</param>
/// <param name="Cipher">The name of the cipher suite, as <c>TLS_AES_256_GCM_SHA384</c>.</param>
public sealed record TlsInfo(string Version, string Cipher);
