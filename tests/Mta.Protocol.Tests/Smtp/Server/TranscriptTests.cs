using Xunit;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>Every dialogue, however its octets arrive.</summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Names
    {
        get
        {
            TheoryData<string> names = [];
            foreach (string file in Directory.GetFiles(Transcript.Folder, "*.txt").Order(StringComparer.Ordinal))
                names.Add(Path.GetFileName(file));
            return names;
        }
    }

    [Fact]
    public void There_are_transcripts_of_all_dialogues_of_appendix_D()
    {
        string[] names = [.. Directory.GetFiles(Transcript.Folder, "rfc5321-d*.txt").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

        Assert.Equal(
            ["rfc5321-d1-typical.txt", "rfc5321-d2-aborted.txt", "rfc5321-d3-relayed-1.txt", "rfc5321-d3-relayed-2.txt", "rfc5321-d4-verifying.txt"], names);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void By_turns(string name) => Play(name, turn => [turn]);

    [Theory]
    [MemberData(nameof(Names))]
    public void By_line(string name) => Play(name, Lines);

    [Theory]
    [MemberData(nameof(Names))]
    public void By_octet(string name) => Play(name, turn => turn.Select(octet => new[] { octet }));

    [Theory]
    [MemberData(nameof(Names))]
    public void By_segments_of_three(string name) => Play(name, turn => [turn], segment: 3);

    [Theory]
    [MemberData(nameof(Names))]
    public void Whole(string name)
    {
        Transcript transcript = Transcript.Read(name);
        SessionDriver driver = transcript.NewDriver();
        if (!transcript.CanBeSentWhole)
            return;

        driver.Send([.. transcript.Turns().SelectMany(t => t)]);

        Check(transcript, driver);
    }

    private static void Play(string name, Func<byte[], IEnumerable<byte[]>> cut, int segment = int.MaxValue)
    {
        Transcript transcript = Transcript.Read(name);
        SessionDriver driver = transcript.NewDriver();
        foreach (byte[] turn in transcript.Turns())
        {
            foreach (byte[] piece in cut(turn))
                driver.Send(piece, segment);
        }
        Check(transcript, driver);
    }

    private static void Check(Transcript transcript, SessionDriver driver)
    {
        Assert.Equal(transcript.Expected, driver.Said);
        Assert.Equal(transcript.Message, driver.Bodies.Count == 0 || transcript.Message.Length == 0 ? "" : driver.Bodies[^1].Body);
    }

    private static IEnumerable<byte[]> Lines(byte[] turn)
    {
        int start = 0;
        for (int end; (end = turn.AsSpan(start).IndexOf((byte)'\n')) >= 0; start += end + 1)
            yield return turn[start..(start + end + 1)];
        if (start < turn.Length)
            yield return turn[start..];
    }
}
