using System.Net;

namespace Mta.Cli;

/// <summary>A user's password for SMTP: the first line of a file, since every user of a machine can see arguments.</summary>
internal static class PasswordFile
{
    /// <summary>The credentials; null where there is no user.</summary>
    /// <exception cref="CliException">The file cannot be read.</exception>
    public static async Task<NetworkCredential?> ReadAsync(string? user, string? file, CancellationToken cancel)
    {
        if (user is null)
            return null;
        try
        {
            using var reader = File.OpenText(file!);
            return new NetworkCredential(user, await reader.ReadLineAsync(cancel).ConfigureAwait(false) ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{file} cannot be read: {e.Message}");
        }
    }
}
