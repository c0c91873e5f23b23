using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.OrderApi.KnownUsers;

namespace UserOrder.Tests.Contracts;

/// <summary>OrderApi's client of UserApi sends a documented request and understands every documented answer.</summary>
public sealed class UserApiConsumerTests
{
    private static readonly OpenApiContract.Operation FindUser =
        OpenApiContract.UserApi.Operations.Single(operation => operation.Id == "findUser");

    public static TheoryData<int> Statuses { get; } =
        [.. FindUser.Responses.Select(response => int.Parse(response.Key, System.Globalization.CultureInfo.InvariantCulture))];

    [Fact]
    public async Task OrderApi_sends_the_documented_request()
    {
        var server = new ContractServer(HttpStatusCode.OK);

        await FindAsync(server);

        Assert.Same(FindUser, OpenApiContract.UserApi.Find(server.Request!.Method.Method, server.Request.RequestUri!.AbsolutePath));
        Assert.Empty(server.Request.RequestUri.Query);
        Assert.Null(server.Request.Content);
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task OrderApi_understands_every_documented_answer(int status)
    {
        var expected = status switch
        {
            200 => UserLookup.Found,
            404 => UserLookup.NotFound,
            429 => UserLookup.Refused,
            _ => UserLookup.Unavailable,
        };

        Assert.Equal(expected, await FindAsync(new ContractServer((HttpStatusCode)status)));
    }

    private static async Task<UserLookup> FindAsync(ContractServer server)
    {
        using var http = new HttpClient(new UserApiAnswers { InnerHandler = server }) { BaseAddress = new Uri("http://user-api") };
        await using var services = new ServiceCollection().AddMetrics().AddLogging().AddSingleton<UserLookups>().BuildServiceProvider();
        return await new UserApiClient(http, services.GetRequiredService<UserLookups>())
            .FindAsync(server.UserId, TestContext.Current.CancellationToken);
    }

    /// <summary>Checks the documented example against the document and answers with it.</summary>
    private sealed class ContractServer(HttpStatusCode status) : HttpMessageHandler
    {
        private readonly KeyValuePair<string, JsonNode?> _media = FindUser.Responses[$"{(int)status}"]!["content"]!.AsObject().Single();

        public HttpRequestMessage? Request { get; private set; }

        /// <summary>The user of the documented example.</summary>
        public Guid UserId => (Example["id"] ?? Example["userId"])?.GetValue<Guid>() ?? Guid.CreateVersion7();

        private JsonNode Example => _media.Value!["example"] ?? _media.Value["examples"]!.AsObject().First().Value!["value"]!;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Request = request;
            var response = new HttpResponseMessage(status)
            {
                Content = new StringContent(Example.ToJsonString(), Encoding.UTF8, _media.Key),
            };
            response.Headers.Add("api-supported-versions", "v1");
            if (status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
            {
                response.Headers.Add("Retry-After", "2");
            }

            await OpenApiContract.UserApi.AssertValidAsync(FindUser, response, cancellationToken);
            return response;
        }
    }
}
