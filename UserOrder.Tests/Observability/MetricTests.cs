using System.Net;
using System.Text.RegularExpressions;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Observability;

/// <summary>Every metric in dashboards and alerts exists in a Prometheus that scrapes both services, with correct values.</summary>
public sealed partial class MetricTests(ObservedSystem system) : ObservedTest(system)
{
    private const int Orders = 40;

    [Fact]
    public async Task Every_query_of_dashboards_and_rules_has_a_result_after_traffic()
    {
        await CauseTrafficAsync();

        // A rate needs two samples, and a rule needs an evaluation after them.
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
            // The result may be empty; QueryAsync fails on an invalid query.
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

        var repeated = TestEvents.OrderPlaced(Guid.CreateVersion7(), userId);
        for (var i = 0; i < 4; i++)
        {
            await channel.PublishEventAsync("order.placed.v1", repeated, Cancelled);
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
        await Until.EqualAsync(expected, "the counters match", CountsAsync);
        await Until.TrueAsync(
            "the dead letter is counted in the broker",
            () => ValueAsync("""max(userorder_dead_letters_waiting{userorder_queue="user-api.order-placed"})"""),
            waiting => waiting >= 1);
        await Until.TrueAsync("the metric shows an empty outbox", () => ValueAsync("max(userorder_outbox_rows)"), rows => rows == 0);
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

        // Only the label for the replica contains an id.
        Assert.All(series, one => Assert.DoesNotContain(one.Labels, label => label.Key is not "instance" && Id().IsMatch(label.Value)));
    }

    /// <summary>Creates users and orders, looks up unknown users, and calls a paused service, so that every metric has values.</summary>
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
        await Until.EqualAsync(
            0, "the queues are empty", () => ValueAsync("""sum(rabbitmq_detailed_queue_messages{queue!~".+[.]dead"})"""));
        await Until.EqualAsync(0, "the outboxes are empty", () => ValueAsync("max(userorder_outbox_rows)"));
    }

    private sealed record Counts(double Created, double Sent, double Delivered, double Applied, double Duplicates, double DeadLetters);

    private async Task<Counts> CountsAsync() => new(
        await ValueAsync(
            """sum(http_server_request_duration_seconds_count{job="order-api", http_response_status_code="201"}) or vector(0)"""),
        await ValueAsync("""sum(messaging_client_sent_messages_total{job="order-api", error_type=""}) or vector(0)"""),
        await ValueAsync("""sum(messaging_client_consumed_messages_total{job="user-api"}) or vector(0)"""),
        await ValueAsync("""sum(userorder_event_lag_seconds_count{userorder_queue="user-api.order-placed"}) or vector(0)"""),
        await ValueAsync("""sum(userorder_inbox_duplicates_total{userorder_queue="user-api.order-placed"}) or vector(0)"""),
        await ValueAsync(
            """sum(userorder_dead_letters_total{userorder_queue="user-api.order-placed", error_type="unreadable"}) or vector(0)"""));

    /// <summary>Waits until the samples include all earlier traffic, also that of other tests.</summary>
    private async Task WaitForScrapeAsync()
    {
        var past = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        await Until.TrueAsync(
            "all services are scraped again", () => ValueAsync("min(timestamp(userorder_outbox_rows))"), at => at > past + 1);
    }

    private async Task<double> ValueAsync(string query) =>
        (await Observed.Prometheus.QueryAsync(query)) is [var only] ? only.Value : double.NaN;

    private async Task<bool> HasAnswerAsync(string query) =>
        (await Observed.Prometheus.QueryAsync(query)).Any(sample => !double.IsNaN(sample.Value));

    /// <summary>The recorded series and the series in alert expressions. An alert that does not fire has no result of its own.</summary>
    private static IEnumerable<(string Panel, string Query)> RuleQueries() =>
        (from definition in PipelineFiles.RuleDefinitions()
         from text in definition.Rule.Where(part => part.Key is "record" or "expr").Select(part => $"{part.Value}")
         from Match match in Selector().Matches(Grouping().Replace(text, ""))
         select (definition.File, match.Value)).Distinct();

    [GeneratedRegex(@"\bby \([^)]*\)")]
    private static partial Regex Grouping();

    // The name of a metric or a recorded series, with its label selector.
    [GeneratedRegex(
        """\b(?:(?:http|messaging|userorder|rabbitmq|dotnet|db|kestrel)_[a-z0-9_]+|[a-z_]+:[a-z_]+:[a-z0-9_]+)""" +
        """(?:\{[^}]*\})?(?=[\s)\[]|$)""",
        RegexOptions.Multiline)]
    private static partial Regex Selector();

    [GeneratedRegex("`([a-z_]+(?: by)? ?\\([^`]+)`")]
    private static partial Regex CodeWithCall();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}|@")]
    private static partial Regex Id();
}
