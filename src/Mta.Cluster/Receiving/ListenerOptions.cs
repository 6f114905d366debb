using System.ComponentModel.DataAnnotations;
using System.Net;
using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <summary>One address and port on which the node takes mail.</summary>
public sealed class ListenerOptions : IOptionsCheck
{
    /// <summary>The listener's name in logs and metrics. Empty: its kind.</summary>
    public string Name { get; set; } = "";

    /// <summary>relay (25), submission (587: STARTTLS, then AUTH, both required), or submissions (465: TLS from the first byte, AUTH required).</summary>
    public ListenerKind Kind { get; set; } = ListenerKind.Relay;

    /// <summary>The address to listen on; 0.0.0.0 for all of IPv4, <c>::</c> for all of both.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port. 0: any free one, which the log names.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 2525;

    /// <summary>Require TLS before MAIL and AUTH on a relay listener too.</summary>
    public bool RequireTls { get; set; }

    /// <summary>Require AUTH before MAIL on a relay listener too.</summary>
    public bool RequireAuthentication { get; set; }

    /// <summary>The name that is in force.</summary>
    public string EffectiveName => Name.Length > 0 ? Name : Kind.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (!IPAddress.TryParse(Address, out _))
            yield return new OptionProblem("address", $"'{Address}' is no IP address; expected the form 192.0.2.1 or 2001:db8::1");
    }
}
