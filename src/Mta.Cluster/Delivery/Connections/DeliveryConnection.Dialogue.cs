namespace Mta.Cluster.Delivery.Connections;

// What one who watches hears.
internal sealed partial class DeliveryConnection
{
    // A connection that was open before somebody watched joins in; what stands in its buffer is of the message before.
    private void HearBegin(in WorkItem item)
    {
        if (_recording?.Wants(item.Ref.Queue) != true && _services.Dialogues.Delivery(_open.Site, item.Ref.Queue.Domain) is { } joined)
        {
            _recording = joined;
            joined.Join(_output.Memory.Length, _peer!);
        }
        _recording?.Begins(item.Ref.Id, item.Ref.Queue);
    }

    private void Heard(int count, Exception? error)
    {
        if (_recording is null)
            return;
        if (error is not null)
            _recording.Event($"the connection broke: {error.Message}");
        else if (count == 0)
            _recording.Event("the peer closed the connection");
        else
            _recording.Heard(Channel.Buffer.Span[..count]);
    }
}
