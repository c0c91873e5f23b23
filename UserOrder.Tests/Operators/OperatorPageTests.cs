using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Observability;

namespace UserOrder.Tests.Operators;

/// <summary>The operators' page in a real browser, of a service on the running graph.</summary>
public sealed class OperatorPageTests(RunningGraph graph) : OperatorTest(graph)
{
    private const string Hostile = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>\u202e&lt;b&gt;'\"";

    private static readonly string Axe =
        Path.Combine(Repository.Root, "tools", "accessibility", "node_modules", "axe-core", "axe.min.js");

    [Fact]
    public async Task Poison_appears_live_and_is_mended_by_mouse_while_another_operator_watches()
    {
        Browser.Require();
        await using var service = await StartAsync();
        service.Handler.IsBroken = true;
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, service);
        var other = await OpenAsync(browser, service);
        await Assertions.Expect(page.Locator("#letters-state")).ToHaveTextAsync("No dead letters.");

        await PublishAsync("tea");
        await (await OpenChannelAsync()).BasicPublishAsync("", Queue, mandatory: true, "poison"u8.ToArray(), Cancelled);

        await Assertions.Expect(Rows(page)).ToHaveCountAsync(2);
        await Assertions.Expect(Rows(other)).ToHaveCountAsync(2);
        var failed = Rows(page).Filter(new() { HasText = "The handler failed 2 times, last with InvalidOperationException." });
        await Assertions.Expect(failed.Locator("[data-label=Attempts]")).ToHaveTextAsync("2");
        await Assertions.Expect(page.Locator("#flow svg")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#charts svg")).ToHaveCountAsync(4);

        service.Handler.IsBroken = false;
        await Button(failed, "Replay").ClickAsync();
        await ConfirmAsync(page, "Replay 1 dead letter?", "Replay 1");
        await Assertions.Expect(page.Locator("#result")).ToHaveTextAsync("Replayed 1 dead letter.");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Until.EqualAsync("tea", "the event took effect", () => Task.FromResult(service.Handler.Handled.SingleOrDefault()));

        // The other operator still sees what the first one discards.
        await Button(Rows(page), "Discard").ClickAsync();
        await ConfirmAsync(page, "Discard 1 dead letter?", "Cancel");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Button(Rows(other).Filter(new() { HasText = "not a JSON CloudEvent" }), "Discard").ClickAsync();
        await Button(Rows(page), "Discard").ClickAsync();
        await ConfirmAsync(page, "Discard 1 dead letter?", "Discard 1");
        await Assertions.Expect(page.Locator("#result")).ToHaveTextAsync("Discarded 1 dead letter.");
        await ConfirmAsync(other, "Discard 1 dead letter?", "Discard 1");
        await Assertions.Expect(other.Locator("#result")).ToHaveTextAsync("Discarded 0 dead letters.");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(0);
        await Assertions.Expect(Rows(other)).ToHaveCountAsync(0);
        Assert.Empty(await ListAsync(service));
    }

    [Fact]
    public async Task A_hostile_message_is_shown_as_text_and_a_filter_bounds_the_bulk_actions()
    {
        Browser.Require();
        await using var service = await StartAsync();
        var body = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = Hostile,
            ["type"] = Hostile,
            ["subject"] = Hostile,
            ["data"] = new JsonArray(Hostile),
        };
        await PublishDeadLetterAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), Hostile);
        await PublishDeadLetterAsync("one"u8.ToArray(), "another reason");
        await PublishDeadLetterAsync("two"u8.ToArray(), "another reason");
        await PublishDeadLetterAsync(EventOf("tea"), "kept");
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, service);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(4);

        // Every cell, both filters and the whole message.
        var hostile = Rows(page).Nth(0);
        await Assertions.Expect(hostile.Locator("[data-label=Reason]")).ToHaveTextAsync(Hostile);
        await Assertions.Expect(hostile.Locator("[data-label=Subject]")).ToHaveTextAsync(Hostile);
        await page.Locator("#type").SelectOptionAsync([Hostile]);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Button(Rows(page), "Show").ClickAsync();
        await Assertions.Expect(page.Locator("#message-headers")).ToContainTextAsync("window.hacked=1");
        await Assertions.Expect(page.Locator("#message-body")).ToContainTextAsync("  \"subject\": ");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);
        Assert.False(await page.EvaluateAsync<bool>("'hacked' in window || document.images.length > 0"));

        await page.Locator("#type").SelectOptionAsync(["any"]);
        await page.Locator("#reason").SelectOptionAsync(["another reason"]);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(2);
        var download = await page.RunAndWaitForDownloadAsync(() => Button(page, "Export all as JSON lines").ClickAsync());
        Assert.Equal(2, (await File.ReadAllLinesAsync(await download.PathAsync(), Cancelled)).Length);
        await Button(page, "Discard all with this reason").ClickAsync();
        await Assertions.Expect(page.Locator("#confirm-text")).ToContainTextAsync("“another reason”");
        await ConfirmAsync(page, "Discard 2 dead letters?", "Discard 2");
        await Assertions.Expect(page.Locator("#result")).ToHaveTextAsync("Discarded 2 dead letters.");
        await page.Locator("#reason").SelectOptionAsync(["any"]);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(2);

        await page.Locator("#reason").SelectOptionAsync([Hostile]);
        await Button(page, "Discard all with this reason").ClickAsync();
        await ConfirmAsync(page, "Discard 1 dead letter?", "Discard 1");
        await page.Locator("#reason").SelectOptionAsync(["any"]);
        await Rows(page).Filter(new() { HasText = "kept" }).GetByRole(AriaRole.Checkbox).CheckAsync();
        await Button(page, "Replay selected").ClickAsync();
        await ConfirmAsync(page, "Replay 1 dead letter?", "Replay 1");
        await Until.EqualAsync("tea", "the event took effect", () => Task.FromResult(service.Handler.Handled.SingleOrDefault()));
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#audit")).ToContainTextAsync($"reason {Hostile}");
        Assert.False(await page.EvaluateAsync<bool>("'hacked' in window || document.images.length > 0"));
    }

    [Fact]
    public async Task The_search_finds_an_event_in_each_place()
    {
        Browser.Require();
        await using var service = await StartAsync();
        var (waiting, applied, dead) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var insert = service.Database.CreateCommand(
            "insert into outbox (id, type, body, available_at, attempts) values ($1, 'nothing.happened.v1', '', 'infinity', 3)"))
        {
            insert.Parameters.Add(new() { Value = waiting });
            await insert.ExecuteNonQueryAsync(Cancelled);
        }

        var channel = await OpenChannelAsync();
        var tea = TestEvents.Envelope(applied, "thing.happened.v1", new JsonObject { ["name"] = "tea" });
        await channel.BasicPublishAsync("", Queue, mandatory: true, tea, Cancelled);
        await PublishDeadLetterAsync(TestEvents.Envelope(dead, "thing.happened.v1", new JsonObject()), "It was poison.");
        await Until.EqualAsync(1, "the event took effect", () => Task.FromResult(service.Handler.Handled.Count));
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, service);

        await FindAsync($"{waiting}", "Waiting in the outbox", "after 3 failed attempts");
        await FindAsync($"{applied}", "Applied", $"It took effect from {Queue} at ");
        await FindAsync($"{Guid.CreateVersion7()}", "Unknown", "A published event leaves the outbox");
        await FindAsync(Hostile, "Unknown", "Applied events are found by");
        await FindAsync($"{dead}", "A dead letter", "It was poison.");

        await page.GetByRole(AriaRole.Button, new() { Name = $"Show the dead letter of {Queue}" }).ClickAsync();
        await Assertions.Expect(page.Locator("#message-body")).ToContainTextAsync($"{dead}");

        async Task FindAsync(string id, string title, string explanation)
        {
            await page.GetByLabel("Event id, subject or trace id").FillAsync(id);
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Locator("#found p").First).ToContainTextAsync($"dead: {title}. ");
            await Assertions.Expect(page.Locator("#found")).ToContainTextAsync(explanation);
        }
    }

    [Fact]
    public async Task An_event_is_edited_and_the_consumer_paused_and_resumed_by_mouse()
    {
        Browser.Require();
        await using var service = await StartAsync(("Messaging:TraceUrl", "https://traces.example/{traceId}"));
        var id = Guid.CreateVersion7();
        var body = TestEvents.Envelope(id, "thing.happened.v1", new JsonObject { ["name"] = Hostile });
        const string traceId = "0af7651916cd43dd8448eb211c80319c";
        await PublishDeadLetterAsync(body, "It is too long.", headers: ("traceparent", $"00-{traceId}-b7ad6b7169203331-01"));
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, service);
        var pauses = page.Locator("#pauses tr").Filter(new() { HasText = $"Consumer of {Queue}" });
        await Button(pauses, "Pause").ClickAsync();
        await ConfirmAsync(page, $"Pause Consumer of {Queue}?", "Pause");
        await Assertions.Expect(pauses).ToContainTextAsync("paused by an unknown caller");
        await Assertions.Expect(page.Locator("#flow")).ToContainTextAsync("paused by an unknown caller");

        await Button(Rows(page), "Show").ClickAsync();
        var message = page.Locator("dialog#message");
        await Assertions.Expect(message.GetByRole(AriaRole.Link))
            .ToHaveAttributeAsync("href", $"https://traces.example/{traceId}");
        await Button(message, "Edit …").ClickAsync();
        var edit = page.Locator("dialog#edit");
        await Button(edit, "Check and replay").ClickAsync();
        await Assertions.Expect(edit.Locator("#edit-errors")).ToContainTextAsync("/data/name: ");
        await edit.GetByLabel("Event").FillAsync($"{Hostile}");
        await Button(edit, "Check and replay").ClickAsync();
        await Assertions.Expect(edit.Locator("#edit-errors li")).ToHaveCountAsync(1);
        var mended = TestEvents.Envelope(id, "thing.happened.v1", new JsonObject { ["name"] = "tea" });
        await edit.GetByLabel("Event").FillAsync(Encoding.UTF8.GetString(mended));
        await Button(edit, "Check and replay").ClickAsync();
        await Assertions.Expect(page.Locator("#result")).ToHaveTextAsync("Edited and replayed 1 dead letter.");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(0);

        Assert.Empty(service.Handler.Handled);
        await Button(pauses, "Resume").ClickAsync();
        await ConfirmAsync(page, $"Resume Consumer of {Queue}?", "Resume");
        await Until.EqualAsync("tea", "the event took effect", () => Task.FromResult(service.Handler.Handled.SingleOrDefault()));
        await Assertions.Expect(pauses).ToContainTextAsync("running, resumed by an unknown caller");
        await Assertions.Expect(page.Locator("#audit [data-label=What]"))
            .ToHaveTextAsync([$"resumed {Queue}", $"edited and replayed {Queue}", $"paused {Queue}"]);
        Assert.False(await page.EvaluateAsync<bool>("'hacked' in window || document.images.length > 0"));
    }

    [Fact]
    public async Task A_lost_connection_is_shown_until_the_service_is_back()
    {
        Browser.Require();
        await using var browser = await Browser.StartAsync();
        IPage page;
        Uri address;
        await using (var service = await StartAsync())
        {
            page = await OpenAsync(browser, service);
            address = service.Api.BaseAddress!;
        }

        await ExpectStateAsync(page, "lost");
        await Assertions.Expect(page.Locator("#connection")).ToContainTextAsync("connection lost, trying again");

        await using var again = await StartAsync(("urls", address.AbsoluteUri));
        await ExpectStateAsync(page, "live");
    }

    [Fact]
    public async Task Axe_core_finds_no_violation_in_light_and_dark()
    {
        Browser.Require();
        Assert.SkipUnless(File.Exists(Axe), "axe-core is missing. ./test.sh fetches it from npm, which needs Node.js 20.19 or later.");
        await using var service = await StartAsync();
        await PublishDeadLetterAsync(EventOf("tea"), "It was poison.");
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, service);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await page.EvaluateAsync(await File.ReadAllTextAsync(Axe, Cancelled));
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            Assert.Empty(await ViolationsAsync());
            await Button(Rows(page), "Show").ClickAsync();
            await Assertions.Expect(page.Locator("dialog#message")).ToBeVisibleAsync();
            Assert.Empty(await ViolationsAsync());
            await page.Keyboard.PressAsync("Escape");
        }

        Task<string[]> ViolationsAsync() => page.EvaluateAsync<string[]>(
            "async () => (await axe.run()).violations.map(found => `${found.id}: ${found.nodes.map(node => node.html).join(' ')}`)");
    }

    [Fact]
    public async Task The_keyboard_alone_discards_a_dead_letter_and_the_page_fits_small_and_large_screens()
    {
        Browser.Require();
        await using var service = await StartAsync();
        await PublishDeadLetterAsync("poison"u8.ToArray(), "It was poison.");
        await using var browser = await Browser.StartAsync();
        var page = await OpenAsync(browser, service);
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach (var width in new[] { 360, 1920 })
            {
                await page.SetViewportSizeAsync(width, 800);
                Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
                Assert.True(await Button(Rows(page), "Discard").IsVisibleAsync());
            }
        }

        await TabToAsync("Skip to the dead letters");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync("Discard");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#confirm-no")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Button(Rows(page), "Discard")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync("Discard 1");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(Rows(page)).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#letters")).ToBeFocusedAsync();

        async Task TabToAsync(string text)
        {
            for (var presses = 0; presses < 40; presses++)
            {
                await page.Keyboard.PressAsync("Tab");
                if (await page.EvaluateAsync<string>("document.activeElement.textContent") == text)
                {
                    return;
                }
            }

            Assert.Fail($"The keyboard does not reach {text}.");
        }
    }
}
