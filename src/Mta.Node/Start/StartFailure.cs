using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography;
using Mta.Cluster.Spool;
using Mta.Node.Logging;

namespace Mta.Node.Start;

/// <summary>Sorts what is thrown while a node starts: what the operator can mend is one line; the rest is a bug, and keeps its stack trace.</summary>
internal static class StartFailure
{
    /// <summary>Whether the operator can do something about it.</summary>
    public static bool IsForTheOperator(Exception exception) => Cause(exception) is not null;

    /// <summary>The line for the operator.</summary>
    public static string Explain(Exception exception) => TextEscape.Of((Cause(exception) ?? exception).Message.ReplaceLineEndings(" "));

    private static Exception? Cause(Exception? exception) => exception switch
    {
        null => null,
        AggregateException many => many.Flatten().InnerExceptions.Select(Cause).FirstOrDefault(c => c is not null),
        SpoolSchemaException or SpoolUnavailableException => exception,
        IOException or SocketException or DbException or CryptographicException or UnauthorizedAccessException or TimeoutException => exception,
        _ => Cause(exception.InnerException),
    };
}
