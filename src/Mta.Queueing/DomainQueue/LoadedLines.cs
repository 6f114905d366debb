namespace Mta.Queueing.DomainQueue;

/// <summary>
/// The ready refs of a queue whose envelopes are in memory: a line for each node that accepted some of them, and one for those of which nobody knows. A pull for a
/// connection takes those of its own node, whose memory has their bodies, and those of the line that belongs to none; only where there are none it takes others. A line that
/// has been passed over too often goes first, whoever pulls, so that no node's mail waits for a connection that does not come. Not thread-safe.
/// </summary>
internal sealed class LoadedLines
{
    // Each pull may serve another line, so every line has had its turn about twice before one goes out of turn.
    private const int PatienceByLine = 2;

    private Line[] _lines = [];
    private long _number;

    /// <summary>How many refs there are.</summary>
    public int Count { get; private set; }

    /// <summary>The node that accepted most of them; empty where nobody knows of any.</summary>
    public string Nearest
    {
        get
        {
            Line? best = null;
            foreach (var line in _lines)
                if (line.Node.Length > 0 && line.Refs.Count > (best?.Refs.Count ?? 0)) best = line;
            return best?.Node ?? "";
        }
    }

    /// <summary>A ref goes to the end of its line.</summary>
    /// <param name="entry">The ref.</param>
    /// <param name="node">The node that accepted it; empty where that is not known.</param>
    public void Enqueue(RefEntry entry, string node)
    {
        LineOf(node).Refs.Enqueue((entry, ++_number));
        Count++;
    }

    /// <summary>
    /// What a pull for a connection of a node takes from: the line that has been passed over too often, if there is one; those of the node; or all, oldest first, where
    /// the node is empty or has none.
    /// </summary>
    public Choice Choose(string node)
    {
        if (_lines.Length <= 1) return default;
        var limit = PatienceByLine * _lines.Length;
        Line? overdue = null;
        var hasOwn = false;
        foreach (var line in _lines)
        {
            if (line.Refs.Count == 0) continue;
            if (line.Passed >= (overdue?.Passed + 1 ?? limit)) overdue = line;
            hasOwn |= node.Length > 0 && line.IsFor(node);
        }

        if (overdue is not null) return new Choice(overdue);
        return hasOwn ? new Choice(node) : default;
    }

    /// <summary>The next ref of a choice; null where it has none.</summary>
    public RefEntry? Dequeue(in Choice choice)
    {
        Line? first = null;
        foreach (var line in _lines)
            if (choice.Takes(line) && line.Refs.TryPeek(out var head) && (first is null || head.Number < first.Refs.Peek().Number)) first = line;
        if (first is null) return null;
        Count--;
        first.Passed = -1;
        return first.Refs.Dequeue().Entry;
    }

    /// <summary>A pull has taken what it takes: the lines that have got nothing remember it.</summary>
    public void EndPull()
    {
        foreach (var line in _lines)
            line.Passed = line.Refs.Count == 0 ? 0 : line.Passed + 1;
    }

    /// <summary>Drops what is not ready any more.</summary>
    public void Close()
    {
        foreach (var line in _lines)
        {
            for (var i = line.Refs.Count; i > 0; i--)
                if (line.Refs.Dequeue() is { Entry.State: RefState.Ready } one) line.Refs.Enqueue(one);
                else Count--;
        }
    }

    // Nodes come and go, and there are never more lines than have had mail at a time.
    private Line LineOf(string node)
    {
        Line? free = null;
        foreach (var line in _lines)
        {
            if (line.Node == node) return line;
            if (line.Refs.Count == 0) free = line;
        }

        if (free is null) _lines = [.. _lines, free = new Line()];
        (free.Node, free.Passed) = (node, 0);
        return free;
    }

    /// <summary>Which lines a pull takes from: one, or those for a node, or all.</summary>
    public readonly struct Choice
    {
        private readonly Line? _line;
        private readonly string? _node;

        public Choice(string node) => _node = node;

        internal Choice(Line line) => _line = line;

        internal bool Takes(Line line) => _line is not null ? line == _line : _node is null || line.IsFor(_node);
    }

    internal sealed class Line
    {
        public Queue<(RefEntry Entry, long Number)> Refs { get; } = new();

        public string Node { get; set; } = "";

        /// <summary>Pulls since one took from it, while it had some.</summary>
        public int Passed { get; set; }

        public bool IsFor(string node) => Node.Length == 0 || Node == node;
    }
}
