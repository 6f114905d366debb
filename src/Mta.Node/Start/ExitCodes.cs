namespace Mta.Node.Start;

/// <summary>What the process ends with; the numbers are those of <c>sysexits.h</c>.</summary>
public static class ExitCodes
{
    /// <summary>Ended as asked.</summary>
    public const int Ok = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The configuration is right, but the node cannot start or go on: a database of another version, a port taken meanwhile.</summary>
    public const int Unavailable = 69;

    /// <summary>The configuration is wrong.</summary>
    public const int Configuration = 78;
}
