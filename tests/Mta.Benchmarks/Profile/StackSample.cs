namespace Mta.Benchmarks.Profile;

/// <summary>One look at a thread that was running.</summary>
/// <param name="Thread">The thread's name.</param>
/// <param name="Frames">Its frames, the innermost first.</param>
internal sealed record StackSample(string Thread, IReadOnlyList<StackFrame> Frames);

/// <summary>One frame.</summary>
/// <param name="Symbol">The function; for managed code with namespace and type.</param>
/// <param name="Module">The file that it is in.</param>
internal readonly record struct StackFrame(string Symbol, string Module);
