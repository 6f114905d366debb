namespace Mta.Cli.Bench;

/// <summary>What has become of the messages so far. Thread-safe.</summary>
internal sealed class BenchTally(IdFile? file = null)
{
    private readonly long[] _codes = new long[1000];
    private long _octets;
    private long _unanswered;
    private long _unsent;
    private long _connectionFailures;
    private string? _firstProblem;

    /// <summary>From the final dot to its 250.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>The numbers of the accepted messages.</summary>
    public IdCounts Ids { get; } = new();

    /// <summary>Messages that got 250.</summary>
    public long Accepted => Ids.Different;

    /// <summary>Messages that got another reply.</summary>
    public long Refused => _codes.Sum() - Accepted;

    /// <summary>Messages whose final dot was sent and that got no reply: in doubt.</summary>
    public long Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>Messages whose session broke before their final dot.</summary>
    public long Unsent => Volatile.Read(ref _unsent);

    /// <summary>Octets of the accepted messages.</summary>
    public long Octets => Volatile.Read(ref _octets);

    /// <summary>Sessions that could not be had: no connection, or no good reply to what comes before the first message.</summary>
    public long ConnectionFailures => Volatile.Read(ref _connectionFailures);

    /// <summary>The first thing that went wrong, in words.</summary>
    public string? FirstProblem => Volatile.Read(ref _firstProblem);

    /// <summary>How often each code was the last reply to a message.</summary>
    public IEnumerable<(int Code, long Count)> Codes =>
        Enumerable.Range(0, _codes.Length).Select(code => (code, Volatile.Read(ref _codes[code]))).Where(c => c.Item2 > 0);

    public void Accept(long id, int code, TimeSpan took, int octets)
    {
        Interlocked.Increment(ref _codes[code]);
        Interlocked.Add(ref _octets, octets);
        Latency.Add(took);
        Ids.Add(id);
        file?.Write(id, "accepted"u8, code, took);
    }

    public void Refuse(long id, int code, string reply)
    {
        Interlocked.Increment(ref _codes[code]);
        Problem($"refused: {reply}");
        file?.Write(id, "refused"u8, code, TimeSpan.Zero);
    }

    public void Break(long id, bool dotSent, Exception error)
    {
        Interlocked.Increment(ref dotSent ? ref _unanswered : ref _unsent);
        Problem(error.Message);
        file?.Write(id, dotSent ? "unanswered"u8 : "unsent"u8, 0, TimeSpan.Zero);
    }

    public void FailToConnect(Exception error)
    {
        Interlocked.Increment(ref _connectionFailures);
        Problem(error.Message);
    }

    private void Problem(string text) => Interlocked.CompareExchange(ref _firstProblem, text, null);
}
