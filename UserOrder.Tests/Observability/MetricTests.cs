using System.Net;
using System.Text.RegularExpressions;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Observability;

/// <summary>What is shown and alerted on exists, under that name, in a Prometheus that looks at both services; and it is true.</summary>
public sealed partial class MetricTests(ObservedSystem system) : ObservedTest(system)
{
    private const int Orders = 40;

    [Fact]
    public async Task Every_query_of_dashboards_and_rules_has_a_result_after_traffic()
    {
        await CauseTrafficAsync();

        // A rate needs two exports that differ in time, and a rule an evaluation after them.
        var unanswered = PipelineFiles.PanelQueries().Concat(RuleQueries()).ToList();
        Assert.NotEmpty(unanswered);
        await Until.TrueAsync(
            "every query has an answer",
            async () =>
            {
                foreach (var query in unanswered.ToList())
                {
                    if (await HasAnswerAsync(query.Query))
                    {
                        unanswered.Remove(query);
                    }
                }

                return string.Join('\n', unanswered);
            },
            rest => rest.Length == 0);
        Assert.Empty(Observed.Tap.Refusals);
    }

    [Fact]
    public async Task Every_query_of_the_operations_guide_is_valid()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), Cancelled);
        var queries = CodeWithCall().Matches(guide).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(queries);
        foreach (var query in queries)
        {
            // Whatever the answer is, one that is wrong has none.
            await Observed.Prometheus.QueryAsync(query);
        }
    }

    [Fact]
    public async Task The_counters_match_the_traffic()
    {
        var userId = await CreateUserAsync();
        await WaitUntilSettledAsync(userId, orders: 0);
        await WaitForScrapeAsync();
        var before = await CountsAsync();
        var channel = await Observed.OpenChannelAsync();
        for (var i = 0; i < Orders; i++)
        {
            Assert.Equal(HttpStatusCode.Created, await PlaceOrderAsync(userId));
        }

        var twice = TestEvents.OrderPlaced(Guid.CreateVersion7(), userId);
        for (var i = 0; i < 4; i++)
        {
            await channel.PublishEventAsync("order.placed.v1", twice, Cancelled);
        }

        await channel.PublishEventAsync("order.placed.v1", "no event"u8.ToArray(), Cancelled);
        await WaitUntilSettledAsync(userId, orders: Orders + 1);

        Counts expected = new(
            Created: before.Created + Orders,
            Sent: before.Sent + Orders,
            Delivered: before.Delivered + Orders + 5,
            Applied: before.Applied + Orders + 1,
            Duplicates: before.Duplicates + 3,
            DeadLetters: before.DeadLetters + 1);
        await Until.EqualAsync(expected, "the counters tell it", CountsAsync);
        await Until.TrueAsync(
            "the dead letter is counted in the broker",
            () => ValueAsync("""max(userorder_dead_letters_waiting{userorder_queue="user-api.order-placed"})"""),
            waiting => waiting >= 1);
        await Until.TrueAsync("the outbox is seen to be empty", () => ValueAsync("max(userorder_outbox_rows)"), rows => rows == 0);
    }

    [Fact]
    public async Task No_label_has_unbounded_values()
    {
        var userId = await CreateUserAsync();
        await PlaceOrderAsync(userId);
        using var unknown = await Observed.UserApi.GetAsync($"/nothing/{Guid.NewGuid()}", Cancelled);
        await WaitUntilSettledAsync(userId, orders: 1);

        var series = await Observed.Prometheus.QueryAsync("""{__name__=~"(http|messaging|userorder|db|kestrel|aspnetcore)_.+", le=""}""");
        Assert.NotEmpty(series);

        // Only a replica has an id.
        Assert.All(series, one => Assert.DoesNotContain(one.Labels, label => label.Key is not "instance" && Id().IsMatch(label.Value)));
    }

    /// <summary>Users, orders, an order that is sooner than its user's event, unknown users, another service that does not answer.</summary>
    private async Task CauseTrafficAsync()
    {
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PlaceOrderAsync(Guid.CreateVersion7()));
        Observed.Graph.Pause("user-api");
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PlaceOrderAsync(Guid.CreateVersion7()));
        }
        finally
        {
            Observed.Graph.Resume("user-api");
        }

        for (var i = 0; i < Orders; i++)
        {
            Assert.Equal(HttpStatusCode.Created, await PlaceOrderAsync(await CreateUserAsync()));
        }
    }

    private async Task WaitUntilSettledAsync(Guid userId, long orders)
    {
        await Until.EqualAsync(orders, "the orders arrived", () => OrderCountAsync(userId));
        await Until.EqualAsync(0, "the queues are empty", () => ValueAsync("""sum(rabbitmq_detailed_queue_messages{queue!~".+[.]dead"})"""));
        await Until.EqualAsync(0, "the outboxes are empty", () => ValueAsync("max(userorder_outbox_rows)"));
    }

    private sealed record Counts(double Created, double Sent, double Delivered, double Applied, double Duplicates, double DeadLetters);

    private async Task<Counts> CountsAsync() => new(
        await ValueAsync("""sum(http_server_request_duration_seconds_count{job="order-api", http_response_status_code="201"}) or vector(0)"""),
        await ValueAsync("""sum(messaging_client_sent_messages_total{job="order-api", error_type=""}) or vector(0)"""),
        await ValueAsync("""sum(messaging_client_consumed_messages_total{job="user-api"}) or vector(0)"""),
        await ValueAsync("""sum(userorder_event_lag_seconds_count{userorder_queue="user-api.order-placed"}) or vector(0)"""),
        await ValueAsync("""sum(userorder_inbox_duplicates_total{userorder_queue="user-api.order-placed"}) or vector(0)"""),
        await ValueAsync("""sum(userorder_dead_letters_total{userorder_queue="user-api.order-placed", error_type="unreadable"}) or vector(0)"""));

    /// <summary>Returns when what took place before is in the samples, that of other tests as well.</summary>
    private async Task WaitForScrapeAsync()
    {
        var past = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        await Until.TrueAsync("all are scraped anew", () => ValueAsync("min(timestamp(userorder_outbox_rows))"), at => at > past + 1);
    }

    private async Task<double> ValueAsync(string query) => (await Observed.Prometheus.QueryAsync(query)) is [var only] ? only.Value : double.NaN;

    private async Task<bool> HasAnswerAsync(string query) => (await Observed.Prometheus.QueryAsync(query)).Any(sample => !double.IsNaN(sample.Value));

    /// <summary>What recording rules give, and the series that alerts look at: an alert that does not fire has no answer.</summary>
    private static IEnumerable<(string Panel, string Query)> RuleQueries() =>
        (from definition in PipelineFiles.RuleDefinitions()
         from text in definition.Rule.Where(part => part.Key is "record" or "expr").Select(part => $"{part.Value}")
         from Match match in Selector().Matches(Grouping().Replace(text, ""))
         select (definition.File, match.Value)).Distinct();

    [GeneratedRegex(@"\bby \([^)]*\)")]
    private static partial Regex Grouping();

    // A metric by its name, recorded or not, with the labels it is chosen by.
    [GeneratedRegex("""\b(?:(?:http|messaging|userorder|rabbitmq|dotnet|db|kestrel)_[a-z0-9_]+|[a-z_]+:[a-z_]+:[a-z0-9_]+)(?:\{[^}]*\})?(?=[\s)\[]|$)""", RegexOptions.Multiline)]
    private static partial Regex Selector();

    [GeneratedRegex("`([a-z_]+(?: by)? ?\\([^`]+)`")]
    private static partial Regex CodeWithCall();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}|@")]
    private static partial Regex Id();
}
