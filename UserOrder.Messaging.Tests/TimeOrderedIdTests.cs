using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Tests;

public sealed class TimeOrderedIdTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 25, 8, 30, 0, 123, TimeSpan.Zero);

    [Fact]
    public void An_id_is_a_UUID_of_version_7_with_its_time_in_the_first_48_bits()
    {
        var id = TimeOrderedId.New(Time);

        Assert.Equal(7, id.Version);
        Assert.InRange(id.Variant, 0x8, 0xB);
        Assert.Equal(Guid.CreateVersion7(Time).ToString()[..13], id.ToString()[..13]);
    }

    [Fact]
    public void The_time_of_an_id_is_read_back()
    {
        Assert.Equal(Time, TimeOrderedId.TimeOf(TimeOrderedId.New(Time)));
        Assert.Equal(DateTimeOffset.UnixEpoch, TimeOrderedId.TimeOf(Guid.Empty));
        Assert.Equal(9999, TimeOrderedId.TimeOf(Guid.AllBitsSet).Year);
    }

    [Fact]
    public void Later_ids_are_greater() =>
        Assert.True(TimeOrderedId.New(Time.AddMilliseconds(1)).CompareTo(TimeOrderedId.New(Time)) > 0);

    [Fact]
    public void One_minute_before_an_id_is_the_smallest_id_of_that_time()
    {
        var before = TimeOrderedId.OneMinuteBefore(TimeOrderedId.New(Time));

        Assert.Equal(7, before.Version);
        Assert.Equal(Guid.CreateVersion7(Time.AddMinutes(-1)).ToString()[..13], before.ToString()[..13]);
        Assert.True(before.CompareTo(TimeOrderedId.New(Time.AddMinutes(-1))) < 0);
        Assert.True(before.CompareTo(TimeOrderedId.New(Time.AddMinutes(-1).AddMilliseconds(-1))) > 0);
        Assert.EndsWith("-7000-8000-000000000000", $"{before}", StringComparison.Ordinal);
        Assert.Equal("00000000-0000-7000-8000-000000000000", $"{TimeOrderedId.OneMinuteBefore(Guid.Empty)}");
    }

    [Fact]
    public void Concurrent_ids_of_one_time_are_unique_and_use_all_random_bits()
    {
        var ids = new Guid[8][];
        Parallel.For(0, ids.Length, i => ids[i] = [.. Enumerable.Range(0, 1000).Select(_ => TimeOrderedId.New(Time))]);
        var all = ids.SelectMany(some => some).ToList();

        Assert.Equal(all.Count, all.Distinct().Count());
        var (ones, zeros) = (new byte[16], new byte[16]);
        foreach (var bytes in all.Select(id => id.ToByteArray(bigEndian: true)))
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                ones[i] |= bytes[i];
                zeros[i] |= (byte)~bytes[i];
            }
        }

        // The version's four bits and the variant's two are fixed.
        Assert.Equal([0x7F, 0xFF, 0xBF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], ones[6..]);
        Assert.Equal([0x8F, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], zeros[6..]);
    }

    [Fact]
    public async Task An_id_may_be_the_first_of_its_thread()
    {
        var id = await Task.Factory.StartNew(
            () => TimeOrderedId.New(Time), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Assert.Equal(7, id.Version);
    }

    [Fact]
    public void A_time_before_1970_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TimeOrderedId.New(DateTimeOffset.UnixEpoch.AddMilliseconds(-1)));
}
