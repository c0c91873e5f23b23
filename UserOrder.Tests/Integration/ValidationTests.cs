using System.Net;
using System.Net.Http.Headers;
using System.Text;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Invalid input gets a specific problem document, never a 500.</summary>
public sealed class ValidationTests(RunningGraph graph) : IntegrationTest(graph)
{
    public static TheoryData<string, string> InvalidUsers { get; } = new()
    {
        { "{}", "name" },
        { """{"email":"a@b.example"}""", "name" },
        { """{"name":null,"email":"a@b.example"}""", "name" },
        { """{"name":"","email":"a@b.example"}""", "name" },
        { """{"name":"  ","email":"a@b.example"}""", "name" },
        { """{"name":"a\u0000b","email":"a@b.example"}""", "name" },
        { $$"""{"name":"{{new string('n', 201)}}","email":"a@b.example"}""", "name" },
        { $$"""{"name":"{{string.Concat(Enumerable.Repeat("🙂", 201))}}","email":"a@b.example"}""", "name" },
        { """{"name":"Ada"}""", "email" },
        { """{"name":"Ada","email":"ada"}""", "email" },
        { """{"name":"Ada","email":"ada@"}""", "email" },
        { """{"name":"Ada","email":"@example.com"}""", "email" },
        { """{"name":"Ada","email":"a@b@example.com"}""", "email" },
        { """{"name":"Ada","email":"a b@example.com"}""", "email" },
        { """{"name":"Ada","email":"ada@example..com"}""", "email" },
        { """{"name":"Ada","email":"ada@example.com\n"}""", "email" },
        { $$"""{"name":"Ada","email":"{{new string('a', 65)}}@example.com"}""", "email" },
        { $$"""{"name":"Ada","email":"{{new string('a', 64)}}@{{new string('b', 256)}}"}""", "email" },
    };

    [Theory]
    [MemberData(nameof(InvalidUsers))]
    public async Task A_user_outside_the_limits_gets_400_with_the_field_name(string body, string field)
    {
        using var response = await UserApi.PostAsync("/v1/users", Json(body), Cancelled);

        var problem = await AssertProblemAsync(HttpStatusCode.BadRequest, "validation", response);
        Assert.NotEmpty(problem.GetProperty("errors").GetProperty(field).EnumerateArray());
    }

    [Theory]
    [InlineData("n")]
    [InlineData("🙂")]
    public async Task A_user_at_the_limits_is_accepted(string character)
    {
        var local = Guid.NewGuid().ToString("N") + new string('a', 32);
        var body = $$"""{"name":"{{string.Concat(Enumerable.Repeat(character, 200))}}","email":"{{local}}@{{new string('b', 255)}}"}""";

        using var response = await UserApi.PostAsync("/v1/users", Json(body), Cancelled);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task A_second_user_with_the_same_email_in_any_case_gets_409()
    {
        var email = NewEmail();
        using var first = await UserApi.PostAsync("/v1/users", Json($$"""{"name":"Ada","email":"{{email}}"}"""), Cancelled);
        using var second = await UserApi.PostAsync(
            "/v1/users", Json($$"""{"name":"Ada","email":"{{email.ToUpperInvariant()}}"}"""), Cancelled);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await AssertProblemAsync(HttpStatusCode.Conflict, "email-taken", second);
    }

    public static TheoryData<string, string> InvalidOrders { get; } = new()
    {
        { "{}", "userId" },
        { """{"userId":"00000000-0000-0000-0000-000000000000"}""", "userId" },
        { Order("null"), "items" },
        { Order(string.Join(',', Enumerable.Repeat(Item("s", "1", "1"), 101))), "items" },
        { Order(Item("", "1", "1")), "items[0].sku" },
        { Order(Item(new string('s', 65), "1", "1")), "items[0].sku" },
        { Order(Item("""a\u0000""", "1", "1")), "items[0].sku" },
        { Order(Item("s", "0", "1")), "items[0].quantity" },
        { Order(Item("s", "1001", "1")), "items[0].quantity" },
        { Order(Item("s", "1", "-0.01")), "items[0].unitPrice" },
        { Order(Item("s", "1", "0.001")), "items[0].unitPrice" },
        { Order(Item("s", "1", "1.00000000000000000000000001")), "items[0].unitPrice" },
        { Order(Item("s", "1", "null")), "items[0].unitPrice" },
        { Order("""{"sku":"s","quantity":1}"""), "items[0].unitPrice" },
        { Order("""{"sku":"s","unitPrice":1}"""), "items[0].quantity" },
        { Order(Item("s", "1", "1000000000")), "items[0].unitPrice" },
        { Order(Item("s", "1", "1") + "," + Item("s", "0", "1")), "items[1].quantity" },
    };

    [Theory]
    [MemberData(nameof(InvalidOrders))]
    public async Task An_order_outside_the_limits_gets_400_with_the_field_name(string body, string field)
    {
        using var response = await OrderApi.PostAsync("/v1/orders", Json(body), Cancelled);

        var problem = await AssertProblemAsync(HttpStatusCode.BadRequest, "validation", response);
        Assert.NotEmpty(problem.GetProperty("errors").GetProperty(field).EnumerateArray());
    }

    [Fact]
    public async Task An_order_at_the_limits_is_accepted()
    {
        var userId = await CreateUserAsync();
        var items = string.Join(',', Enumerable.Repeat(Item(new string('s', 64), "1000", "999999999.99"), 100));

        using var response = await OrderApi.PostAsync("/v1/orders", Json($$"""{"userId":"{{userId}}","items":[{{items}}]}"""), Cancelled);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(99_999_999_999_000m, (await ReadAsync(response)).GetProperty("total").GetDecimal());
    }

    public static TheoryData<string> Malformed { get; } =
    [
        "",
        "null",
        "{",
        "[]",
        "5",
        "\"text\"",
        """{"name":5,"email":"a@b.example"}""",
        """{"name":"Ada","name":"Eve","email":"a@b.example"}""",
        """{"name":"\ud800","email":"a@b.example"}""",
        new string('[', 100),
        $$"""{"name":"Ada","email":"a@b.example","extra":{{new string('[', 40)}}{{new string(']', 40)}}}""",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_user_gets_400_with_a_detail(string body)
    {
        using var response = await UserApi.PostAsync("/v1/users", Json(body), Cancelled);

        var problem = await AssertProblemAsync(HttpStatusCode.BadRequest, "malformed-request", response);
        Assert.StartsWith(
            body is "" or "null" ? "A JSON body is required." : "The body is not the expected JSON",
            problem.GetProperty("detail").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"userId":"ada"}""")]
    [InlineData("""{"userId":5}""")]
    [InlineData("""{"userId":"01890000-0000-7000-8000-000000000000","items":{}}""")]
    [InlineData("""{"userId":"01890000-0000-7000-8000-000000000000","items":[{"sku":"s","quantity":"1","unitPrice":1}]}""")]
    [InlineData("""{"userId":"01890000-0000-7000-8000-000000000000","items":[{"sku":"s","quantity":99999999999,"unitPrice":1}]}""")]
    [InlineData("""{"userId":"01890000-0000-7000-8000-000000000000","items":[{"sku":"s","quantity":1,"unitPrice":1e400}]}""")]
    [InlineData("""{"userId":"01890000-0000-7000-8000-000000000000","items":[{"sku":"s","quantity":1.5,"unitPrice":1}]}""")]
    [InlineData("""{"userId":"01890000-0000-7000-8000-000000000000","items":[{"unitPrice":1.0000000000000000000000000000001}]}""")]
    [InlineData("""{"userId":"01890000-0000-7000-8000-000000000000","items":[{"unitPrice":-1e-40}]}""")]
    public async Task A_malformed_order_gets_400(string body)
    {
        using var response = await OrderApi.PostAsync("/v1/orders", Json(body), Cancelled);

        await AssertProblemAsync(HttpStatusCode.BadRequest, "malformed-request", response);
    }

    [Fact]
    public async Task A_body_of_another_media_type_gets_415()
    {
        using var response = await UserApi.PostAsync(
            "/v1/users", new StringContent("name=Ada", Encoding.UTF8, "application/x-www-form-urlencoded"), Cancelled);

        await AssertProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", response);
        Assert.False(response.Headers.Contains("Accept-Encoding"));
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("identity, BR", false)]
    [InlineData("nonsense", false)]
    [InlineData("Identity", true)]
    public async Task A_body_with_a_content_coding_gets_415_with_the_accepted_coding(string coding, bool isAccepted)
    {
        using var content = Json($$"""{"name":"Ada","email":"{{NewEmail()}}"}""");
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);

        using var response = await UserApi.PostAsync("/v1/users", content, Cancelled);

        if (isAccepted)
        {
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
        else
        {
            await AssertProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", response);
            Assert.Equal(["identity"], response.Headers.GetValues("Accept-Encoding"));
        }
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("\"UTF-8\"", true)]
    [InlineData("utf-8; charset=UTF-8; x=y", true)]
    [InlineData("utf-16", false)]
    [InlineData("nonsense", false)]
    [InlineData("utf-8;charset=utf-7", false)]
    [InlineData("utf-7;charset=utf-8", false)]
    [InlineData("utf-8; x=y; CharSet=\"utf-7\"", false)]
    public async Task JSON_is_accepted_in_UTF_8_only(string charset, bool isAccepted)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"name":"Ádá","email":"{{NewEmail()}}"}"""));
        content.Headers.Add("Content-Type", $"application/json; charset={charset}");

        using var response = await UserApi.PostAsync("/v1/users", content, Cancelled);

        if (isAccepted)
        {
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
        else
        {
            await AssertProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", response);
        }
    }

    [Fact]
    public async Task A_client_that_accepts_only_HTML_still_gets_a_problem_document()
    {
        UserApi.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        using var nothing = await UserApi.GetAsync("/nowhere", Cancelled);
        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", nothing);
        using var malformed = await UserApi.PostAsync("/v1/users", Json("{"), Cancelled);
        await AssertProblemAsync(HttpStatusCode.BadRequest, "malformed-request", malformed);
    }

    [Fact]
    public async Task Invalid_UTF_8_gets_400()
    {
        using var content = new ByteArrayContent([.. "{\"name\":\""u8, 0xc3, 0x28, .. "\",\"email\":\"a@b.example\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await UserApi.PostAsync("/v1/users", content, Cancelled);

        await AssertProblemAsync(HttpStatusCode.BadRequest, "malformed-request", response);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_64_KiB_gets_413(bool hasContentLength)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('n', 64 * 1024)}}","email":"a@b.example"}""");
        using HttpContent content = hasContentLength ? new ByteArrayContent(body) : new StreamContent(new UnseekableStream(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await UserApi.PostAsync("/v1/users", content, Cancelled);

        await AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body-too-large", response);
    }

    [Fact]
    public async Task An_unknown_user_or_order_gets_404()
    {
        using var user = await UserApi.GetAsync($"/v1/users/{Guid.CreateVersion7()}", Cancelled);
        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", user);
        using var order = await OrderApi.GetAsync($"/v1/orders/{Guid.CreateVersion7()}", Cancelled);
        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", order);
    }

    [Theory]
    [InlineData("/v1/users/ada")]
    [InlineData("/nowhere")]
    [InlineData("/openapi/v2.json")]
    public async Task An_unknown_path_gets_404(string path)
    {
        using var response = await UserApi.GetAsync(path, Cancelled);

        await AssertProblemAsync(HttpStatusCode.NotFound, "not-found", response);
    }

    [Fact]
    public async Task An_unsupported_method_gets_405()
    {
        using var response = await UserApi.DeleteAsync("/v1/users", Cancelled);

        await AssertProblemAsync(HttpStatusCode.MethodNotAllowed, "method-not-allowed", response);
    }

    [Theory]
    [InlineData("limit=0", "validation")]
    [InlineData("limit=101", "validation")]
    [InlineData("limit=ten", "malformed-request")]
    [InlineData("after=ada", "malformed-request")]
    public async Task A_page_outside_the_limits_gets_400(string query, string type)
    {
        using var response = await UserApi.GetAsync($"/v1/users?{query}", Cancelled);

        await AssertProblemAsync(HttpStatusCode.BadRequest, type, response);
    }

    [Fact]
    public async Task Listing_orders_without_a_user_gets_400()
    {
        using var response = await OrderApi.GetAsync("/v1/orders", Cancelled);

        var problem = await AssertProblemAsync(HttpStatusCode.BadRequest, "malformed-request", response);
        Assert.Contains("\"userId\"", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> UnreadableParameters { get; } = new(
        from parameter in new[] { "limit", "after", "userId" }
        from query in new[] { "{0}=abc", "{0}", "{0}=", "{0}=&{0}=", "{0}=&{0}={1}", "{0}={1}&{0}={1}", "{0}=%20", "{0}=1e0" }
        select (parameter, query));

    [Theory]
    [MemberData(nameof(UnreadableParameters))]
    public async Task An_unreadable_query_parameter_gets_400_with_its_name(string parameter, string query)
    {
        var user = Guid.CreateVersion7();
        var mistake = query.Replace("{0}", parameter, StringComparison.Ordinal)
            .Replace("{1}", parameter == "limit" ? "5" : $"{user}", StringComparison.Ordinal);
        await AssertNamedAsync(OrderApi, parameter == "userId" ? $"/v1/orders?{mistake}" : $"/v1/orders?userId={user}&{mistake}");
        if (parameter != "userId")
        {
            await AssertNamedAsync(UserApi, $"/users?{mistake}");
        }

        async Task AssertNamedAsync(HttpClient api, string path)
        {
            using var response = await api.GetAsync(path, Cancelled);
            var problem = await AssertProblemAsync(HttpStatusCode.BadRequest, "malformed-request", response);
            Assert.Contains($"\"{parameter}\"", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_query_parameter_that_the_endpoint_does_not_have_is_ignored()
    {
        using var response = await UserApi.GetAsync($"/v1/users/{await CreateUserAsync()}?id=&id=x&limit=abc&users=&x=1&x=2", Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static string Order(string items) => $$"""{"userId":"01890000-0000-7000-8000-000000000000","items":[{{items}}]}""";

    private static string Item(string sku, string quantity, string unitPrice) =>
        $$"""{"sku":"{{sku}}","quantity":{{quantity}},"unitPrice":{{unitPrice}}}""";

    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
