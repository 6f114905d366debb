using System.Net;
using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <summary>Takes the connections of one listener: admits or refuses them, and stays until the session of each is over.</summary>
internal sealed class SmtpConnectionHandler(ReceivingNode node, Listener listener, Lazy<IRequiredActor<SmtpSessions>> sessions) : ConnectionHandler
{
    // How long the last replies may be on their way to a client that takes them slowly.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);
    private static readonly byte[] TooMany = Encoding.ASCII.GetBytes("421 4.7.0 Too many sessions, try again later\r\n");
    private static readonly byte[] Draining = Encoding.ASCII.GetBytes("421 4.3.2 This node takes no mail now, try another or try again later\r\n");

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = ClientAddress(connection.RemoteEndPoint);
        if (node.Drain.IsDraining)
        {
            await RefuseAsync(connection, client, "draining", Draining).ConfigureAwait(false);
            return;
        }
        if (node.Admission.TryEnter(client) is { } reason)
        {
            await RefuseAsync(connection, client, reason, TooMany).ConfigureAwait(false);
            return;
        }
        node.Services.Metrics.SessionOpened(listener.Name);
        try
        {
            await ServeAsync(connection, client).ConfigureAwait(false);
        }
        finally
        {
            node.Admission.Leave(client);
            node.Services.Metrics.SessionClosed(listener.Name);
            AbortLater(connection);
        }
    }

    private async Task ServeAsync(ConnectionContext connection, IPAddress client)
    {
        var closeRequested = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        // A drain ends sessions as a stop does: after their transaction.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(closeRequested, node.Drain.Begun);
        var smtp = new SmtpConnection(connection.Transport, client, listener, connection.Abort, ending.Token);
        await using (smtp.ConfigureAwait(false))
        {
            var parent = await sessions.Value.GetAsync(connection.ConnectionClosed).ConfigureAwait(false);
            parent.Tell(new SmtpSessions.Serve(smtp));
            // Where the actor system has stopped before the server, nobody would end the session.
            await Task.WhenAny(smtp.Ended, node.ActorsStopped).ConfigureAwait(false);
        }
    }

    private async Task RefuseAsync(ConnectionContext connection, IPAddress client, string reason, byte[] reply)
    {
        node.Services.Metrics.Refused(reason);
        node.Services.Log.ConnectionRefused(client, listener.Name, reason);
        // Under implicit TLS a line in clear would only look like a broken handshake.
        if (listener.Kind is not ListenerKind.Submissions)
            await connection.Transport.Output.WriteAsync(reply).ConfigureAwait(false);
        AbortLater(connection);
    }

    // The server sends what is left and closes; a client that does not read would keep it from ending.
    private static void AbortLater(ConnectionContext connection)
    {
        var timer = new CancellationTokenSource(Linger);
        timer.Token.UnsafeRegister(
            static (state, _) => ((ConnectionContext)state!).Abort(new ConnectionAbortedException("the client did not take the last replies")), connection);
    }

    private static IPAddress ClientAddress(EndPoint? endPoint)
    {
        var address = (endPoint as IPEndPoint)?.Address ?? IPAddress.None;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
