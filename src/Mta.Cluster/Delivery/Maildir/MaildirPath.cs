using System.Text;
using Mta.Protocol.Smtp;

namespace Mta.Cluster.Delivery.Maildir;

/// <summary>
/// The directory of one recipient's Maildir, from a template with <c>%{local}</c> and <c>%{domain}</c>. What a recipient puts in can
/// never leave the template's directory: separators, control characters and leading dots are refused.
/// </summary>
internal static class MaildirPath
{
    private const string Local = "%{local}";
    private const string Domain = "%{domain}";

    /// <summary>The first <c>%{…}</c> in the template that is none of ours; null when all are.</summary>
    public static string? FirstUnknownVariable(string template)
    {
        for (var at = template.IndexOf("%{", StringComparison.Ordinal); at >= 0; at = template.IndexOf("%{", at + 1, StringComparison.Ordinal))
        {
            var rest = template.AsSpan(at);
            if (rest.StartsWith(Local) || rest.StartsWith(Domain))
                continue;
            var end = rest.IndexOf('}');
            return rest[..(end < 0 ? rest.Length : end + 1)].ToString();
        }
        return null;
    }

    /// <summary>The recipient's directory; null where its name cannot be one.</summary>
    public static string? Expand(string template, Address recipient)
    {
        var local = Unquote(recipient.LocalPart).ToLowerInvariant();
        var domain = recipient.Domain.ToLowerInvariant();
        if (!IsSafe(local) || (!IsSafe(domain) && template.Contains(Domain, StringComparison.Ordinal)))
            return null;
        return template.Replace(Domain, domain, StringComparison.Ordinal).Replace(Local, local, StringComparison.Ordinal);
    }

    private static bool IsSafe(string part)
    {
        // 255 octets is what a file name may have; the rest would climb out of the directory, or hide in it.
        if (part.Length == 0 || part[0] == '.' || Encoding.UTF8.GetByteCount(part) > 255)
            return false;
        foreach (var c in part)
        {
            if (c is '/' or '\\' || char.IsControl(c))
                return false;
        }
        return true;
    }

    private static string Unquote(string local)
    {
        if (local.Length < 2 || local[0] != '"' || local[^1] != '"')
            return local;
        var text = new StringBuilder(local.Length);
        for (var i = 1; i < local.Length - 1; i++)
        {
            // RFC 5321 §4.1.2: quoted-pairSMTP stands for the character after the backslash.
            if (local[i] == '\\' && i + 1 < local.Length - 1)
                i++;
            text.Append(local[i]);
        }
        return text.ToString();
    }
}
