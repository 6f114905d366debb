namespace Mta.Cluster.Contracts;

/// <summary>An event or snapshot of the journal: it has a manifest and a golden file that never changes, and is read for ever.</summary>
public interface IPersistedMessage;
