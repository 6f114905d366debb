using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <summary>A configured listener as its sessions see it.</summary>
/// <param name="Name">Its name in logs and metrics.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Session">The limits and offers of its sessions.</param>
internal sealed record Listener(string Name, ListenerKind Kind, ServerSessionOptions Session)
{
    public static Listener From(ListenerOptions options, ReceivingOptions receiving, bool hasCertificate) => new(
        options.EffectiveName,
        options.Kind,
        new ServerSessionOptions
        {
            MaxCommandLineBytes = (int)receiving.Limits.CommandLineBytes,
            MaxTextLineBytes = (int)receiving.Limits.TextLineBytes,
            MaxMessageBytes = receiving.Limits.MessageBytes,
            MaxRecipients = receiving.Limits.RecipientsPerMessage,
            MaxMessages = receiving.Limits.MessagesPerSession,
            MaxErrors = receiving.Limits.ErrorsPerSession,
            MaxAuthenticationFailures = receiving.Limits.AuthenticationFailuresPerSession,
            MaxReceivedFields = receiving.Limits.ReceivedFields,
            OfferStartTls = hasCertificate,
            RequireTls = options.RequireTls,
            RequireAuthentication = options.RequireAuthentication,
        });
}
