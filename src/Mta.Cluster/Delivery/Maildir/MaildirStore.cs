using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Maildir;

/// <summary>
/// Delivers a message into one recipient's Maildir (maildir(5)), piece by piece: written to <c>tmp</c>, synced, moved to <c>new</c>, and <c>new</c> synced. What is
/// reported as delivered is on the disk; what was not moved is removed. Two lines are put before the message, and nothing else is changed but its line ends:
/// <c>Return-Path</c> (RFC 5321 §4.4) and <c>Delivered-To</c>.
/// <para>
/// Lines end with LF in the file. That is what maildir(5) readers expect; those that read both, as Dovecot does, store LF themselves, and give CRLF back to their
/// clients. A message of the spool has no LF without its CR, so nothing is lost.
/// </para>
/// </summary>
/// <param name="hostName">This node's name: with time, process and count it makes the names of files unique.</param>
/// <param name="clock">The time in these names.</param>
internal sealed class MaildirStore(string hostName, TimeProvider clock)
{
    private const int PieceSize = 64 * 1024;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateDirectory = PrivateFile | UnixFileMode.UserExecute;
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    // errno of Linux.
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    private static long _count;

    private readonly string _host = hostName.Replace("/", "\\057", StringComparison.Ordinal).Replace(":", "\\072", StringComparison.Ordinal);

    /// <summary>Delivers to one recipient.</summary>
    /// <param name="template">The directory, with <c>%{local}</c> and <c>%{domain}</c>; it is made, readable for this user only, where it is absent.</param>
    /// <param name="reversePath">The sender, for <c>Return-Path</c>.</param>
    /// <param name="recipient">The recipient.</param>
    /// <param name="body">The message.</param>
    /// <param name="cancel">Gives up; what was written is removed.</param>
    /// <returns>Never a failure for what the file system or the spool does.</returns>
    public async Task<RecipientOutcome> DeliverAsync(string template, Address reversePath, Recipient recipient, IMessageBody body, CancellationToken cancel)
    {
        if (MaildirPath.Expand(template, recipient.Address) is not { } maildir)
            return NoDirectory;
        // Files are slow; the caller may be an actor on its turn.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            MakeDirectories(maildir);
            var name = await StoreAsync(maildir, Header(reversePath, recipient.Address), body, cancel).ConfigureAwait(false);
            return new RecipientOutcome.Delivered(new SmtpReply(250, new EnhancedCode(2, 0, 0), $"Delivered to the mailbox as {name}"), Final: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SpoolUnavailableException)
        {
            return OutcomeOf(e);
        }
    }

    /// <summary>What a failure means for the recipient. The text names no path: it may go to the sender.</summary>
    internal static RecipientOutcome OutcomeOf(Exception failure) => failure switch
    {
        PathTooLongException => NoDirectory,
        SpoolUnavailableException => Later(451, new EnhancedCode(4, 3, 0), "The message cannot be read from the spool now"),
        _ => ErrorNumber(failure) switch
        {
            NoSpace => Later(452, new EnhancedCode(4, 3, 1), "The mailbox's file system is full"),
            QuotaExceeded => Later(452, new EnhancedCode(4, 2, 2), "The mailbox is over its quota"),
            var number => Later(451, new EnhancedCode(4, 3, 0), $"The mailbox cannot be written: {Describe(number)}"),
        },
    };

    private static RecipientOutcome.Rejected NoDirectory { get; } =
        new(new SmtpReply(550, new EnhancedCode(5, 1, 3), "The mailbox's name cannot be the name of a directory"));

    private static RecipientOutcome.Deferred Later(int code, EnhancedCode enhanced, string text) =>
        new(DeferralReason.LocalError, new SmtpReply(code, enhanced, text));

    // .NET keeps errno in HResult, of the inner exception where the outer is an UnauthorizedAccessException.
    private static int ErrorNumber(Exception failure) => (failure.InnerException as IOException ?? failure).HResult;

    private static string Describe(int number) => number is > 0 and < 4096 ? Marshal.GetPInvokeErrorMessage(number) : "input/output error";

    private async Task<string> StoreAsync(string maildir, byte[] header, IMessageBody body, CancellationToken cancel)
    {
        var unique = UniqueName();
        var temporary = Path.Combine(maildir, "tmp", unique);
        long size;
        try
        {
            var file = Create(temporary);
            await using (file.ConfigureAwait(false))
            {
                await WriteAsync(file, header, body, cancel).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
                size = file.Length;
            }
            var name = string.Create(CultureInfo.InvariantCulture, $"{unique},S={size}");
            var directory = Path.Combine(maildir, "new");
            File.Move(temporary, Path.Combine(directory, name), overwrite: false);
            // Until now a crash may take the entry; if this fails the message may be there all the same, and comes twice rather than never.
            Sync(directory);
            return name;
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    // maildir(5): time of delivery, microseconds, process and count of this process, host; size for readers that trust it.
    private string UniqueName()
    {
        var micros = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var (seconds, rest) = Math.DivRem(micros, 1_000_000);
        return string.Create(
            CultureInfo.InvariantCulture, $"{seconds}.M{rest}P{Environment.ProcessId}Q{Interlocked.Increment(ref _count)}.{_host}");
    }

    private static FileStream Create(string path)
    {
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = PrivateFile;
        return new FileStream(path, how);
    }

    private static byte[] Header(Address reversePath, Address recipient) =>
        Encoding.UTF8.GetBytes($"Return-Path: <{Printable(reversePath)}>\nDelivered-To: {Printable(recipient)}\n");

    // The grammar lets no control character into an address; a header line must not depend on that.
    private static string Printable(Address address) => string.Concat(address.ToString().Select(c => char.IsControl(c) ? '?' : c));

    private static async Task WriteAsync(FileStream file, byte[] header, IMessageBody body, CancellationToken cancel)
    {
        // One octet more than is read at a time: a CR that was held back.
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize + 1);
        try
        {
            await file.WriteAsync(header, cancel).ConfigureAwait(false);
            var isCrHeld = false;
            await foreach (var piece in body.ReadAsync(cancel).ConfigureAwait(false))
            {
                for (var rest = piece; !rest.IsEmpty; rest = rest[Math.Min(PieceSize, rest.Length)..])
                {
                    var length = ToLineFeeds(rest.Span[..Math.Min(PieceSize, rest.Length)], buffer, ref isCrHeld);
                    await file.WriteAsync(buffer.AsMemory(0, length), cancel).ConfigureAwait(false);
                }
            }
            if (isCrHeld)
                await file.WriteAsync(new[] { Cr }, cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Copies with LF for CRLF. A CR at the end is held back until it is known what follows.</summary>
    private static int ToLineFeeds(ReadOnlySpan<byte> from, Span<byte> to, ref bool isCrHeld)
    {
        var written = 0;
        if (isCrHeld && from[0] != Lf)
            to[written++] = Cr;
        isCrHeld = false;
        for (var cr = from.IndexOf(Cr); cr >= 0; cr = from.IndexOf(Cr))
        {
            from[..cr].CopyTo(to[written..]);
            written += cr;
            from = from[(cr + 1)..];
            if (from.IsEmpty)
            {
                isCrHeld = true;
                return written;
            }
            if (from[0] != Lf)
                to[written++] = Cr;
        }
        from.CopyTo(to[written..]);
        return written + from.Length;
    }

    // "cur" comes last: where it is there, all is there, and has reached the disk.
    private static void MakeDirectories(string maildir)
    {
        var (tmp, fresh, cur) = (Path.Combine(maildir, "tmp"), Path.Combine(maildir, "new"), Path.Combine(maildir, "cur"));
        if (Directory.Exists(cur) && Directory.Exists(fresh) && Directory.Exists(tmp))
            return;
        Make(tmp);
        Make(fresh);
        for (var parent = maildir; parent is not null; parent = Path.GetDirectoryName(parent))
            SyncWhereReadable(parent);
        Make(cur);
        Sync(maildir);
    }

    // .NET gives the mode to the last directory only: what is made above it is private too.
    private static void Make(string directory)
    {
        if (Directory.Exists(directory))
            return;
        if (Path.GetDirectoryName(directory) is { } parent)
            Make(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, PrivateDirectory);
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // maildir(5): readers remove what is left in tmp after 36 hours.
        }
    }

    // A directory above the mailboxes that this user may not read is none that was made here.
    private static void SyncWhereReadable(string directory)
    {
        try
        {
            Sync(directory);
        }
        catch (UnauthorizedAccessException)
        {
        }
    }

    // .NET opens no directories, and an entry is on the disk only when its directory was synced (fsync(2)).
    private static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = Open([.. Encoding.UTF8.GetBytes(directory), 0], 0);
        if (handle.IsInvalid)
        {
            var number = Marshal.GetLastPInvokeError();
            var error = new IOException(Marshal.GetPInvokeErrorMessage(number), number);
            throw number is NotPermitted or AccessDenied ? new UnauthorizedAccessException(error.Message, error) : error;
        }
        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern SafeFileHandle Open(byte[] path, int flags);
}
