using CsCheck;
using Mta.Queueing.DomainQueue;

namespace Mta.Queueing.Tests.DomainQueue;

public sealed class ReplyInternerTests
{
    [Fact]
    public void Equal_replies_are_one_object()
    {
        var interner = new ReplyInterner();
        Assert.Same(interner.Intern(Make.Reply(451, "busy")), interner.Intern(Make.Reply(451, string.Concat("bu", "sy"))));
        Assert.NotSame(interner.Intern(Make.Reply(451, "busy")), interner.Intern(Make.Reply(452, "busy")));
    }

    [Fact]
    public void A_kept_reply_is_bounded_and_has_no_controls() =>
        Gen.Select(Gen.String[Gen.Char['\0', '\xff'], 0, 40], Gen.Int[1, 30]).Sample((part, times) =>
        {
            var text = string.Concat(Enumerable.Repeat(part, times));
            var kept = new ReplyInterner().Intern(Make.Reply(451, text)).Text;
            Assert.Equal(Math.Min(text.Length, ReplyInterner.MaxText), kept.Length);
            Assert.DoesNotContain(kept, char.IsControl);
            for (var i = 0; i < kept.Length; i++) Assert.True(kept[i] == text[i] || char.IsControl(text[i]));
        });

    [Fact]
    public void A_character_is_not_cut_in_half()
    {
        var kept = new ReplyInterner().Intern(Make.Reply(451, new string('a', ReplyInterner.MaxText - 1) + "\U0001F600"));
        Assert.Equal(new string('a', ReplyInterner.MaxText - 1), kept.Text);
    }

    [Fact]
    public void Different_replies_without_end_do_not_fill_the_memory()
    {
        var interner = new ReplyInterner(capacity: 2);
        var first = interner.Intern(Make.Reply(451, "0"));
        Assert.Same(first, interner.Intern(Make.Reply(451, string.Concat("", "0"))));
        for (var i = 1; i < 10; i++) interner.Intern(Make.Reply(451, $"{i}"));

        var again = Make.Reply(451, "0");
        Assert.Same(again, interner.Intern(again));
    }
}
