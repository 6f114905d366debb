using System.Threading.Channels;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Watching;

namespace Mta.Cluster.Events;

/// <summary>One reader's watch of what happens to mail, on all members.</summary>
internal sealed class MailWatch : MemberWatch
{
    private readonly MailFilter _filter;
    private readonly ChannelWriter<MailNotice> _notices;

    public MailWatch(MailFilter filter, ChannelWriter<MailNotice> notices)
        : base(MailTapActor.Name)
    {
        (_filter, _notices) = (filter, notices);
        Receive<MailSeen>(OnSeen);
    }

    public static Props Props(MailFilter filter, ChannelWriter<MailNotice> notices) => Akka.Actor.Props.Create(() => new MailWatch(filter, notices));

    protected override object Ask() => new WatchMail(Id, _filter.Kinds, _filter.Domain, _filter.Sender, Self);

    protected override object Unask() => new UnwatchMail(Id);

    protected override void TellOpen() => _notices.TryWrite(new MailNotice([], 0));

    protected override void TellEnd() => _notices.TryComplete();

    private void OnSeen(MailSeen seen)
    {
        HeardFromSender();
        if (seen.Events.Length == 0 && seen.Lost == 0)
            return;
        Lose(seen.Lost);
        Told(_notices.TryWrite(new MailNotice(seen.Events, Lost)), seen.Events.Length);
    }
}
