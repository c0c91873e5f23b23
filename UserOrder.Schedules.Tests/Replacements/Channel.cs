using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Messaging;

/// <summary>Creates channels at which the scheduler may interrupt.</summary>
internal static class Channel
{
    public static Channel<T> CreateBounded<T>(BoundedChannelOptions options) =>
        new ScheduledChannel<T>(System.Threading.Channels.Channel.CreateBounded<T>(options));

    public static Channel<T> CreateUnbounded<T>() => new ScheduledChannel<T>(System.Threading.Channels.Channel.CreateUnbounded<T>());

    public static Channel<T> CreateUnbounded<T>(UnboundedChannelOptions options) =>
        new ScheduledChannel<T>(System.Threading.Channels.Channel.CreateUnbounded<T>(options));

    private sealed class ScheduledChannel<T> : Channel<T>
    {
        public ScheduledChannel(Channel<T> channel)
        {
            var reader = new ScheduledReader<T>(channel.Reader);
            (Reader, Writer) = (reader, new ScheduledWriter<T>(channel.Writer, reader));
        }
    }

    private sealed class ScheduledReader<T>(ChannelReader<T> reader) : ChannelReader<T>
    {
        /// <summary>How many reads wait.</summary>
        public int Waiting { get; private set; }

        public override bool TryRead([MaybeNullWhen(false)] out T item)
        {
            Scheduler.Reach("reads from a channel");
            return reader.TryRead(out item);
        }

        public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default) =>
            WaitAsync("waits for an item of a channel", () => reader.ReadAsync(cancellationToken));

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
            WaitAsync("waits at a channel", () => reader.WaitToReadAsync(cancellationToken));

        private async ValueTask<TResult> WaitAsync<TResult>(string step, Func<ValueTask<TResult>> wait)
        {
            Scheduler.Reach(step);
            Waiting++;
            try
            {
                return await wait();
            }
            finally
            {
                Waiting--;
            }
        }
    }

    private sealed class ScheduledWriter<T>(ChannelWriter<T> writer, ScheduledReader<T> reader) : ChannelWriter<T>
    {
        public override bool TryWrite(T item)
        {
            Scheduler.Reach("writes to a channel");
            var isLost = Scheduler.Current?.Has(Defects.LostSignals) == true && reader.Waiting == 0;
            return isLost || writer.TryWrite(item);
        }

        public override bool TryComplete(Exception? error = null)
        {
            Scheduler.Reach("completes a channel");
            return writer.TryComplete(error);
        }

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("No part of the product waits for room in a channel.");
    }
}
