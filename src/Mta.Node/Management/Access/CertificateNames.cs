using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Mta.Node.Management.Access;

/// <summary>The names in a certificate that can stand for who shows it.</summary>
internal static class CertificateNames
{
    private const string AlternativeName = "2.5.29.17";

    // RFC 5280 §4.2.1.6: GeneralName's choices.
    private const int MailAddress = 1;
    private const int DnsName = 2;
    private const int Uri = 6;

    /// <summary>The subject's common name and the alternative names: mail addresses, DNS names, URIs.</summary>
    public static IEnumerable<string> Of(X509Certificate2 certificate)
    {
        if (certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common)
            yield return common;
        foreach (X509Extension extension in certificate.Extensions.Where(e => e.Oid?.Value == AlternativeName))
        {
            foreach (string name in Alternatives(extension.RawData))
                yield return name;
        }
    }

    private static List<string> Alternatives(byte[] der)
    {
        List<string> names = [];
        AsnReader sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            Asn1Tag tag = sequence.PeekTag();
            if (tag is { TagClass: TagClass.ContextSpecific, TagValue: MailAddress or DnsName or Uri })
                names.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            else
                sequence.ReadEncodedValue();
        }
        return names;
    }
}
