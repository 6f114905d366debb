using System.Globalization;
using OpenTelemetry.Trace;

namespace Mta.Node.Telemetry;

/// <summary>
/// Takes a part of all messages, by the message's id and nothing else, so that every node takes the same ones. By its last octets: the first ones are a time (RFC 9562 §5.7).
/// </summary>
/// <param name="ratio">The part, 0 to 1.</param>
internal sealed class MessageSampler(double ratio) : Sampler
{
    private const int Digits = 12;
    private const double All = 1L << (4 * Digits);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        ReadOnlySpan<char> last = samplingParameters.TraceId.ToHexString().AsSpan()[^Digits..];
        return new SamplingResult(ulong.Parse(last, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / All < ratio);
    }
}
