namespace Mta.Protocol.Smtp.Client;

/// <summary>A message as a client session needs it: its envelope and facts about its content, which the driver streams.</summary>
/// <param name="Envelope">The envelope; its recipients are those that this session shall deliver to, in this order.</param>
/// <param name="SizeBytes">The exact length of the content in bytes, before dot-stuffing: it goes into SIZE and BDAT.</param>
/// <param name="HasEightBit">True where the content has octets above 127.</param>
/// <param name="HasUtf8Headers">
/// True where header fields are not ASCII, so that the peer must offer SMTPUTF8 whatever the addresses are (RFC 6531 §3.1).
/// Where nobody has looked: the envelope's own SMTPUTF8 flag.
/// </param>
public sealed record OutgoingMessage(Envelope Envelope, long SizeBytes, bool HasEightBit = false, bool HasUtf8Headers = false);
