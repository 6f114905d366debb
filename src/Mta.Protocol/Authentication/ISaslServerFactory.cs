namespace Mta.Protocol.Authentication;

/// <summary>The SASL mechanisms of a listener.</summary>
public interface ISaslServerFactory
{
    /// <summary>
    /// The mechanism names that are offered, upper-case, best first. PLAIN and LOGIN are named only where <paramref name="underTls"/> is true.
    /// The list is asked for at each EHLO and AUTH: return the same instance.
    /// </summary>
    /// <param name="underTls">True when the session is encrypted.</param>
    IReadOnlyList<string> Mechanisms(bool underTls);

    /// <summary>Makes the server side of one exchange.</summary>
    /// <param name="mechanism">A name out of <see cref="Mechanisms"/>.</param>
    ISaslServer Create(string mechanism);
}
