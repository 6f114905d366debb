using System.Globalization;
using Mta.Testing;

namespace Mta.SystemTests.Infrastructure;

/// <summary>Debian's Dovecot with one mailbox, spoken to by LMTP (TCP and Unix socket), IMAP and POP3.</summary>
internal sealed class DovecotServer : IAsyncDisposable
{
    public const string User = "alice";
    public const string Password = "wonderland";
    private readonly ChildProcess _process;

    private DovecotServer(ChildProcess process) => _process = process;

    public int LmtpPort { get; private init; }

    public int ImapPort { get; private init; }

    public int Pop3Port { get; private init; }

    public string LmtpSocket { get; private init; } = "";

    /// <summary>Starts Dovecot below the workspace; needs root, since Dovecot changes users.</summary>
    public static async Task<DovecotServer> StartAsync(Workspace workspace)
    {
        var home = workspace.Folder("dovecot");
        var mail = workspace.Folder("dovecot/mail");
        File.SetUnixFileMode(mail, (UnixFileMode)0b111_111_111);
        workspace.Write("dovecot/users", $"{User}@inbox.test:{{PLAIN}}{Password}:65534:65534::{mail}/{User}::\n");
        var (lmtp, imap, pop3) = (Loopback.FreePort(), Loopback.FreePort(), Loopback.FreePort());
        var socket = Path.Combine(home, "run", "lmtp");
        var configuration = workspace.Write("dovecot/dovecot.conf", Configuration(home, mail, lmtp, imap, pop3));
        var process = ChildProcess.Start("dovecot", ["-F", "-c", configuration]);
        var server = new DovecotServer(process) { LmtpPort = lmtp, ImapPort = imap, Pop3Port = pop3, LmtpSocket = socket };
        try
        {
            foreach (var port in new[] { lmtp, imap, pop3 })
                await Ports.WaitUntilOpenAsync(port, TimeSpan.FromSeconds(20));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await _process.TerminateAsync(TimeSpan.FromSeconds(20));
        await _process.DisposeAsync();
    }

    private static string Configuration(string home, string mail, int lmtp, int imap, int pop3)
    {
        string Port(int port) => port.ToString(CultureInfo.InvariantCulture);
        return $$"""
            base_dir = {{home}}/run
            state_dir = {{home}}/state
            log_path = /dev/stderr
            protocols = imap pop3 lmtp
            listen = 127.0.0.1
            ssl = no
            disable_plaintext_auth = no
            auth_mechanisms = plain
            first_valid_uid = 1
            first_valid_gid = 1
            default_internal_user = dovecot
            default_login_user = dovenull
            mail_location = maildir:{{mail}}/%n
            lmtp_save_to_detail_mailbox = no
            passdb {
              driver = passwd-file
              args = scheme=PLAIN username_format=%u {{home}}/users
            }
            userdb {
              driver = passwd-file
              args = username_format=%u {{home}}/users
            }
            service lmtp {
              inet_listener lmtp {
                address = 127.0.0.1
                port = {{Port(lmtp)}}
              }
              unix_listener lmtp {
                mode = 0666
              }
            }
            service imap-login {
              inet_listener imap {
                port = {{Port(imap)}}
              }
              inet_listener imaps {
                port = 0
              }
            }
            service pop3-login {
              inet_listener pop3 {
                port = {{Port(pop3)}}
              }
              inet_listener pop3s {
                port = 0
              }
            }
            """ + "\n";
    }
}
