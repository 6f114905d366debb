namespace Mta.Benchmarks.Profile;

/// <summary>Reads what <c>perf script -F comm,tid,ip,sym,dso</c> prints: a line with the thread, its frames, an empty line.</summary>
internal static class PerfScript
{
    public static IEnumerable<StackSample> Read(IEnumerable<string> lines)
    {
        string? thread = null;
        var frames = new List<StackFrame>();
        foreach (var line in lines)
        {
            if (line.Length == 0)
            {
                if (thread is not null)
                    yield return new StackSample(thread, [.. frames]);
                thread = null;
                frames.Clear();
            }
            else if (char.IsWhiteSpace(line[0]))
            {
                frames.Add(Frame(line.AsSpan().Trim()));
            }
            else
            {
                // "name 1234": the name may have blanks.
                thread = line.TrimEnd()[..line.TrimEnd().LastIndexOf(' ')].TrimEnd();
            }
        }
        if (thread is not null)
            yield return new StackSample(thread, [.. frames]);
    }

    // "7f12ab symbol with blanks (/path/of/module)"
    private static StackFrame Frame(ReadOnlySpan<char> line)
    {
        var blank = line.IndexOf(' ');
        var open = line.LastIndexOf('(');
        if (blank < 0 || open <= blank)
            return new StackFrame(line.ToString(), "");
        var module = line[(open + 1)..].TrimEnd(')');
        var slash = module.LastIndexOf('/');
        return new StackFrame(line[(blank + 1)..open].Trim().ToString(), module[(slash + 1)..].ToString());
    }
}
