using Google.Protobuf;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>How one type stands on the wire or in the journal.</summary>
/// <param name="Type">The type.</param>
/// <param name="Manifest">Its name and version, as it is written: <see cref="Serialization.Manifest"/>. Other versions of the name are read by the same contract.</param>
/// <param name="Write">From the object to its protobuf form.</param>
/// <param name="Read">From octets to the object.</param>
internal sealed record Contract(
    Type Type, string Manifest, Func<object, IMessage> Write, Func<byte[], ActorRefPaths, object> Read)
{
    /// <summary>The contract of <typeparamref name="T"/>, by way of <typeparamref name="TProto"/>.</summary>
    public static Contract Of<T, TProto>(
        string manifest, MessageParser<TProto> parser, Func<T, TProto> write, Func<TProto, ActorRefPaths, T> read)
        where T : notnull
        where TProto : IMessage<TProto> =>
        new(typeof(T), manifest, o => write((T)o), (octets, paths) => read(parser.ParseFrom(octets), paths));

    /// <summary>The contract of a type without actor references.</summary>
    public static Contract Of<T, TProto>(
        string manifest, MessageParser<TProto> parser, Func<T, TProto> write, Func<TProto, T> read)
        where T : notnull
        where TProto : IMessage<TProto> =>
        Of(manifest, parser, write, (p, _) => read(p));
}
