using System.Collections.Immutable;

namespace Mta.Queueing.Operations;

/// <summary>
/// What a partition's journal says of jobs: which refs the running one has taken, and how many each of the last ones took. A ref is journaled as taken before anything is done to it, and once it is
/// taken nothing else ends it: so the count is that of the refs taken, however often the owner changes meanwhile. Not thread-safe.
/// </summary>
public sealed class PartitionJobs
{
    /// <summary>How many ended jobs are remembered; more than can be running, so that none is begun anew that has ended.</summary>
    public const int Remembered = 200;

    private readonly HashSet<RefId> _taken = [];
    private readonly Queue<JobPortion> _ended = new();

    /// <summary>The job that runs; null where none does.</summary>
    public MessageJob? Running { get; private set; }

    /// <summary>How many refs it has taken.</summary>
    public int Count => _taken.Count;

    /// <summary>The refs that the running job has taken, sorted.</summary>
    public ImmutableArray<RefId> Taken => [.. _taken.Order()];

    /// <summary>What the last ended jobs took, the oldest first.</summary>
    public ImmutableArray<JobPortion> Ended => [.. _ended];

    /// <summary>True where the running job has taken a ref.</summary>
    public bool IsTaken(RefId id) => _taken.Contains(id);

    /// <summary>How many refs an ended job took; null where it has not ended here.</summary>
    public long? CountOf(string job)
    {
        foreach (var portion in _ended)
            if (portion.Job == job) return portion.Count;
        return null;
    }

    /// <summary>A job has taken refs; those that it had taken before change nothing.</summary>
    /// <returns>False where the job has ended, and takes nothing.</returns>
    public bool Take(MessageJob job, IEnumerable<RefId> ids)
    {
        if (CountOf(job.Id) is not null) return false;
        if (Running?.Id != job.Id) _taken.Clear();
        Running = job;
        _taken.UnionWith(ids);
        return true;
    }

    /// <summary>A job has ended.</summary>
    public void End(JobPortion portion)
    {
        if (CountOf(portion.Job) is not null) return;
        _ended.Enqueue(portion);
        if (_ended.Count > Remembered) _ended.Dequeue();
        if (Running?.Id != portion.Job) return;
        Running = null;
        _taken.Clear();
        _taken.TrimExcess();
    }
}

/// <summary>What a job took of one partition.</summary>
/// <param name="Job">The job.</param>
/// <param name="Count">How many refs.</param>
public readonly record struct JobPortion(string Job, long Count);
