using System.Text;
using FsCheck;
using FsCheck.Fluent;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Tests;

namespace UserOrder.Tests.Properties;

public sealed class CloudEventPropertyTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(Gen.Choose(0, 0x7f), Gen.Choose(0x80, 0xd7ff), Gen.Choose(0xe000, 0x10ffff))
        .ArrayOf()
        .Select(runes => string.Concat(runes.Select(rune => new Rune(rune).ToString())));

    private static readonly Gen<DateTimeOffset> Times =
        from seconds in Gen.OneOf(
            Gen.Elements(-62_135_510_400, 0, 253_402_214_400), Gen.Choose(0, int.MaxValue).Select(second => (long)second))
        from ticks in Gen.Choose(0, 9_999_999)
        from minutes in Gen.Choose(-14 * 60, 14 * 60)
        select DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(ticks).ToOffset(TimeSpan.FromMinutes(minutes));

    [Fact]
    public async Task The_reader_returns_any_written_event()
    {
        var events =
            from source in Texts
            from subject in Texts
            from name in Texts
            from time in Times
            select (Source: $"/{source}", Expected: new ReceivedEvent<Thing>(Guid.NewGuid(), subject, time, new Thing(name)));

        await Property.HoldsAsync(events, _ => [], batch: 1, given =>
        {
            var (source, expected) = given[0];
            var body = CloudEventWriter.Write(
                Thing.Happened, expected.Id, source, expected.Subject!, expected.Time, origin: null, expected.Data);

            var (received, envelope) = CloudEventReader.Read(Thing.Happened, body);

            Assert.Equal(expected, received);
            Assert.Equal(source, envelope.Source);
            return Task.CompletedTask;
        });
    }
}
