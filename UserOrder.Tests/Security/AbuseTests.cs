using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Properties;

namespace UserOrder.Tests.Security;

/// <summary>Known attacks. <see cref="HttpPropertyTests"/> sends random input in contrast.</summary>
public sealed class AbuseTests(RunningGraph graph) : IntegrationTest(graph)
{
    /// <summary>Text with a special meaning for a database, a shell, a log, a browser or a template.</summary>
    public static TheoryData<string> Injections { get; } =
    [
        "'; drop table users; --",
        "\" or \"\"=\"",
        "$1; select pg_sleep(60)",
        "\\'; truncate orders; --",
        "E'\\x27'",
        "${jndi:ldap://127.0.0.1/a}",
        "{{7*7}} {0} %s %n",
        "<script>alert(1)</script>",
        "$(touch /tmp/owned) `id`",
        "../../../etc/passwd",
        "\u202Egnp.exe",
        "a\u2028b",
        "{\"admin\":true}",
    ];

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task Hostile_text_is_stored_verbatim_or_refused(string text)
    {
        using var created = await UserApi.PostAsJsonAsync("/v1/users", new { name = text, email = NewEmail() }, Cancelled);
        using var odd = await UserApi.PostAsJsonAsync("/v1/users", new { name = "Ada", email = $"{text}@example.com" }, Cancelled);
        var user = await CreateUserAsync();
        using var placed = await OrderApi.PostAsJsonAsync(
            "/v1/orders", new { userId = user, items = new[] { new { sku = text, quantity = 1, unitPrice = 1m } } }, Cancelled);
        using var searched = await UserApi.GetAsync($"/v1/users?after={Uri.EscapeDataString(text)}", Cancelled);

        Assert.True(created.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest, $"{created.StatusCode}");
        Assert.True(odd.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest or HttpStatusCode.Conflict, $"{odd.StatusCode}");
        Assert.True(placed.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest, $"{placed.StatusCode}");
        Assert.Equal(HttpStatusCode.BadRequest, searched.StatusCode);
        if (created.StatusCode == HttpStatusCode.Created)
        {
            using var found = await UserApi.GetAsync(created.Headers.Location, Cancelled);
            Assert.Equal(text, (await ReadAsync(found)).GetProperty("name").GetString());
        }

        if (placed.StatusCode == HttpStatusCode.Created)
        {
            using var found = await OrderApi.GetAsync(placed.Headers.Location, Cancelled);
            Assert.Equal(text, (await ReadAsync(found)).GetProperty("items")[0].GetProperty("sku").GetString());
        }

        await Until.EqualAsync(
            placed.StatusCode == HttpStatusCode.Created ? 1 : 0, "UserApi counts the order", () => OrderCountAsync(user));
    }

    public static TheoryData<string, string> Bodies { get; } = new()
    {
        { "deep", string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) },
        { "deep and closed", $$"""{"name":"Ada","email":"a@example.com","x":{{new string('[', 5_000)}}{{new string(']', 5_000)}}}""" },
        { "a key twice", """{"name":"Ada","name":"Eve","email":"a@example.com"}""" },
        { "a key twice in different case", """{"name":"Ada","NAME":"Eve","email":"a@example.com"}""" },
        { "a number for a text", $$"""{"name":1e999,"email":"a@example.com"}""" },
        { "invalid UTF-8", "{\"name\":\"\xFF\xFE\",\"email\":\"a@example.com\"}" },
        { "half a surrogate pair", """{"name":"\ud800","email":"a@example.com"}""" },
        { "a zero character", """{"name":"a\u0000b","email":"a@example.com"}""" },
        { "a line break for the log", """{"name":"a\r\n{\"level\":\"Critical\"}","email":"a@example.com"}""" },
        { "two documents", """{"name":"Ada","email":"a@example.com"}{}""" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_built_to_break_the_parser_gets_400(string what, string body)
    {
        using var content = new ByteArrayContent(Octets.ToBytes(body)) { Headers = { ContentType = new("application/json") } };
        using var refused = await UserApi.PostAsync("/v1/users", content, Cancelled);

        Assert.True(
            refused.StatusCode == HttpStatusCode.BadRequest,
            $"{what}: {refused.StatusCode} {await refused.Content.ReadAsStringAsync(Cancelled)}");
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("-1")]
    [InlineData("0.001")]
    [InlineData("NaN")]
    [InlineData("\"1\"")]
    [InlineData("9999999999999999999999999999999999999999999999999999999999999999999999")]
    public async Task An_invalid_price_gets_400(string price)
    {
        var user = await CreateUserAsync();
        using var refused = await OrderApi.PostAsync(
            "/v1/orders", Json($$"""{"userId":"{{user}}","items":[{"sku":"tea","quantity":1,"unitPrice":{{price}}}]}"""), Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    /// <summary>Requests that two servers may delimit differently. The second request inside must not run.</summary>
    [Theory]
    [InlineData("Content-Length: 6\r\nContent-Length: 60\r\n\r\n")]
    [InlineData("Content-Length: 6, 60\r\n\r\n")]
    [InlineData("Content-Length: +6\r\n\r\n")]
    [InlineData("Content-Length: -6\r\n\r\n")]
    [InlineData("Content-Length: 0x6\r\n\r\n")]
    [InlineData("Content-Length : 6\r\n\r\n")]
    [InlineData("Content-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n\r\n")]
    public async Task Ambiguous_framing_is_refused_and_a_smuggled_request_has_no_effect(string framing)
    {
        var email = NewEmail();
        var body = $$"""{"name":"Eve","email":"{{email}}"}""";
        const string start = "POST /v1/users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        var smuggled = $"{start}Content-Length: {body.Length}\r\n\r\n{body}";

        var octets = await RawHttp.ExchangeAsync(
            Graph.GetUrl("user-api"), $"{start}{framing}{smuggled}", isWhole: true, Cancelled);

        Assert.DoesNotContain("HTTP/1.1 2", octets, StringComparison.Ordinal);
        Assert.True(RawHttp.Parse(octets) is { Status: 400 or 413 or 501 }, octets);
        using var free = await UserApi.PostAsync("/v1/users", Json(body), Cancelled);
        Assert.Equal(HttpStatusCode.Created, free.StatusCode);
    }

    [Theory]
    [InlineData("+{0}")]
    [InlineData("-0")]
    [InlineData("+0")]
    [InlineData("{0},{0}")]
    [InlineData("{0}, {0}")]
    [InlineData("0x{0}")]
    [InlineData("{0}.0")]
    [InlineData("{0};")]
    [InlineData("")]
    [InlineData("00000000000000000000{0}")]
    public async Task A_content_length_that_is_not_digits_gets_400(string length)
    {
        var email = NewEmail();
        var body = $$"""{"name":"Eve","email":"{{email}}"}""";
        var value = length.Replace("{0}", $"{body.Length}", StringComparison.Ordinal);

        var octets = await RawHttp.ExchangeAsync(
            Graph.GetUrl("user-api"),
            $"POST /v1/users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {value}\r\n\r\n{body}",
            isWhole: true,
            Cancelled);

        Assert.True(RawHttp.Parse(octets) is { Status: 400 }, octets);
        Assert.Equal(octets.IndexOf("HTTP/1.1", StringComparison.Ordinal), octets.LastIndexOf("HTTP/1.1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-01")]
    [InlineData("00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("'; drop table outbox; --")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-and-more")]
    [InlineData("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what")]
    public async Task A_forged_traceparent_affects_neither_the_order_nor_its_event(string traceparent)
    {
        var user = await CreateUserAsync();
        var channel = await OpenChannelAsync();
        var copies = await channel.CopyEventsAsync("order.placed.v1", Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/orders") { Content = Json($$"""{"userId":"{{user}}"}""") };
        request.Headers.TryAddWithoutValidation("traceparent", traceparent);
        request.Headers.TryAddWithoutValidation("tracestate", new string('a', 600) + "=b");
        request.Headers.TryAddWithoutValidation("baggage", "user=admin");

        using var placed = await OrderApi.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        await Until.EqualAsync(1, "UserApi counts the order", () => OrderCountAsync(user));
        var sent = await Until.TrueAsync("the copy of the event is there", FindAsync, found => found is not null);
        EventContract.Of("order.placed.v1").AssertValid(Encoding.UTF8.GetBytes(sent!));
        var cause = JsonNode.Parse(sent!)!["traceparent"]?.GetValue<string>();
        Assert.True(cause is null || ActivityContext.TryParse(cause, null, out _), cause);

        async Task<string?> FindAsync() =>
            await channel.BasicGetAsync(copies, autoAck: true, Cancelled) is { } got
                ? TestEvents.EventsIn(got)
                    .Select(copy => copy.GetRawText())
                    .FirstOrDefault(copy => copy.Contains($"{user}", StringComparison.Ordinal))
                : null;
    }
}
