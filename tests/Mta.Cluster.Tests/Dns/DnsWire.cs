using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Mta.Cluster.Tests.Dns;

/// <summary>A question as it came (RFC 1035 §4.1).</summary>
internal sealed record DnsQuery(ushort Id, string Name, int Type, byte[] Question, bool IsTcp)
{
    public const int A = 1;
    public const int Aaaa = 28;
    public const int Mx = 15;

    public static DnsQuery Read(ReadOnlySpan<byte> octets, bool isTcp)
    {
        var labels = new List<string>();
        var at = 12;
        for (; octets[at] != 0; at += octets[at] + 1)
            labels.Add(Encoding.ASCII.GetString(octets.Slice(at + 1, octets[at])));
        return new DnsQuery(
            BinaryPrimitives.ReadUInt16BigEndian(octets),
            string.Join('.', labels),
            BinaryPrimitives.ReadUInt16BigEndian(octets[(at + 1)..]),
            octets[12..(at + 5)].ToArray(),
            isTcp);
    }
}

/// <summary>Answers octet by octet, so that wrong ones can be made too.</summary>
internal static class DnsWire
{
    public const int NoError = 0;
    public const int ServFail = 2;
    public const int NxDomain = 3;
    public const int Refused = 5;

    private const int Cname = 5;
    private const int Soa = 6;

    /// <summary>A whole answer: header, the question, records.</summary>
    public static byte[] Answer(this DnsQuery query, int code, byte[][]? answers = null, byte[][]? authorities = null, bool truncated = false)
    {
        // QR, RD, RA; TC where wanted.
        var header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, query.Id);
        header[2] = (byte)(0x81 | (truncated ? 2 : 0));
        header[3] = (byte)(0x80 | code);
        header[5] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)(answers?.Length ?? 0));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(8), (ushort)(authorities?.Length ?? 0));
        return [.. header, .. query.Question, .. (answers ?? []).SelectMany(r => r), .. (authorities ?? []).SelectMany(r => r)];
    }

    public static byte[] Mx(string name, int ttl, int preference, string host) =>
        Record(name, DnsQuery.Mx, ttl, [(byte)(preference >> 8), (byte)preference, .. Name(host)]);

    public static byte[] Address(string name, int ttl, string address)
    {
        var parsed = IPAddress.Parse(address);
        return Record(name, parsed.GetAddressBytes().Length == 4 ? DnsQuery.A : DnsQuery.Aaaa, ttl, parsed.GetAddressBytes());
    }

    public static byte[] Alias(string name, int ttl, string target) => Record(name, Cname, ttl, Name(target));

    public static byte[] Authority(string zone, int ttl, int minimum)
    {
        var numbers = new byte[20];
        BinaryPrimitives.WriteInt32BigEndian(numbers.AsSpan(16), minimum);
        return Record(zone, Soa, ttl, [.. Name("ns." + zone), .. Name("hostmaster." + zone), .. numbers]);
    }

    public static byte[] Record(string name, int type, int ttl, byte[] data)
    {
        var fixedPart = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)type);
        fixedPart[3] = 1;
        BinaryPrimitives.WriteInt32BigEndian(fixedPart.AsSpan(4), ttl);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(8), (ushort)data.Length);
        return [.. Name(name), .. fixedPart, .. data];
    }

    private static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
