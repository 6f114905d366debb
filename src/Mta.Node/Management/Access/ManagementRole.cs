namespace Mta.Node.Management.Access;

/// <summary>What somebody may do at the management endpoint.</summary>
public enum ManagementRole
{
    /// <summary>Look.</summary>
    Viewer = 0,

    /// <summary>Look and act.</summary>
    Operator = 1,
}
