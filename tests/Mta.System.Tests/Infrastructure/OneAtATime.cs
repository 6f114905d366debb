using Mta.Testing;
using Xunit.Sdk;
using Xunit.v3;

// Each scenario measures a node that has the machine to itself.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: TimeLimit(minutes: 30)]
