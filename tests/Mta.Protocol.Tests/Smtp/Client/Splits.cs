using CsCheck;

namespace Mta.Protocol.Tests.Smtp.Client;

internal static class Splits
{
    /// <summary>The bytes in pieces, cut at the given places; places beyond the end are left out, and some pieces may be empty.</summary>
    public static byte[][] At(byte[] bytes, int[] cuts)
    {
        int[] places = [0, .. cuts.Where(c => c < bytes.Length).Order(), bytes.Length];
        return [.. Enumerable.Range(0, places.Length - 1).Select(i => bytes[places[i]..places[i + 1]])];
    }

    /// <summary>One of the values.</summary>
    public static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
