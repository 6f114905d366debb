namespace Mta.Cluster;

/// <summary>Which side of a network split goes on.</summary>
public enum DowningStrategy
{
    /// <summary>The side that gets a lease in the database; the larger one asks first. With an embedded database, as keepMajority.</summary>
    LeaseMajority = 0,

    /// <summary>The larger side; of two equal ones that with the lowest address. More than one node lost at once can end the whole cluster.</summary>
    KeepMajority = 1,
}
