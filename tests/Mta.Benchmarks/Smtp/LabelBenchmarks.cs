using System.Text;
using BenchmarkDotNet.Attributes;
using Mta.Protocol.Smtp.Labels;

namespace Mta.Benchmarks.Smtp;

/// <summary>Labels read off a header of twenty fields, as a message of a bulk sender has them.</summary>
[MemoryDiagnoser]
public class LabelBenchmarks
{
    private readonly LabelReader _reader = new("X-Tenant", "X-Campaign");
    private byte[] _message = [];

    /// <summary>Where the label fields stand, and whether they do.</summary>
    [Params("none", "first", "last")]
    public string Labels { get; set; } = "";

    [GlobalSetup]
    public void Fill()
    {
        const string Fields = "X-Tenant: acme\r\nX-Campaign: spring\r\nMessage-ID: <0195512c9f3b7abc8def0123456789ab@mail.example.org>\r\n";
        var others = string.Concat(Enumerable.Range(0, 20).Select(i => $"X-Field-{i}: All happy families are alike; each unhappy family\r\n\tis unhappy in its own way.\r\n"));
        _message = Encoding.ASCII.GetBytes((Labels == "first" ? Fields : "") + others + (Labels == "last" ? Fields : "") + "\r\n" + new string('x', 8000));
    }

    [Benchmark]
    public MailLabels Read() => _reader.Read(_message, isTrusted: true, out _);
}
