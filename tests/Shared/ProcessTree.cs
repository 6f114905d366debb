using System.Globalization;

namespace Mta.Testing;

/// <summary>The processes below one.</summary>
internal static class ProcessTree
{
    /// <summary>All living descendants of a process, from the kernel's lists of children.</summary>
    public static IReadOnlyList<int> Of(int root)
    {
        var found = new List<int>();
        var open = new Queue<int>([root]);
        while (open.TryDequeue(out var pid))
        {
            foreach (var child in Children(pid))
            {
                found.Add(child);
                open.Enqueue(child);
            }
        }
        return found;
    }

    private static IEnumerable<int> Children(int pid)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            // It has ended since.
            return [];
        }
    }
}
