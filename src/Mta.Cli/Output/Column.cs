using System.Text.Json;

namespace Mta.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Head">Its head.</param>
/// <param name="Cell">Its text in the row of an item.</param>
/// <param name="IsNumber">Whether it stands to the right.</param>
/// <param name="IsWide">Whether only <c>--output wide</c> shows it.</param>
internal sealed record Column(string Head, Func<JsonElement, string> Cell, bool IsNumber = false, bool IsWide = false)
{
    /// <summary>The column of a field, by its path.</summary>
    public static Column Text(string head, string path, bool isWide = false) => new(head, item => Values.Text(item, path), IsWide: isWide);

    /// <summary>The column of a number.</summary>
    public static Column Number(string head, string path, bool isWide = false) => new(head, item => Values.Text(item, path), IsNumber: true, IsWide: isWide);

    /// <summary>The column of octets.</summary>
    public static Column Size(string head, string path, bool isWide = false) => new(head, item => Values.Size(item, path), IsNumber: true, IsWide: isWide);

    /// <summary>The column of a time.</summary>
    public static Column Time(string head, string path, bool isWide = false) => new(head, item => Values.Time(item, path), IsWide: isWide);
}
