using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Mta.Queueing;
using Mta.Queueing.Listing;

namespace Mta.Node.Management;

/// <summary>The cursor of a list of queues: the last queue of a page and its value, with the order that they stand in, so that it fits no other.</summary>
internal static class QueueCursor
{
    private const int Longest = 1000;

    /// <summary>The cursor of the page that comes after a position.</summary>
    public static string Write(QueueQuery query, QueuePosition last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(int)query.Order} {(query.IsAscending ? 'a' : 'd')} {last.Value} {last.Queue}")));

    /// <summary>The position that a cursor stands for; false where it is none of this order.</summary>
    public static bool TryRead(string cursor, QueueQuery query, out QueuePosition after)
    {
        after = default;
        if (cursor.Length > Longest || !Base64Url.IsValid(cursor))
            return false;
        string[] parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(' ');
        if (parts.Length != 4 || parts[0] != ((int)query.Order).ToString(CultureInfo.InvariantCulture) || parts[1] != (query.IsAscending ? "a" : "d")
            || !long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            return false;
        int hash = parts[3].LastIndexOf('#');
        if (hash >= 0 && !int.TryParse(parts[3].AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return false;
        after = new QueuePosition(value, QueueKey.Parse(parts[3]));
        return true;
    }
}
