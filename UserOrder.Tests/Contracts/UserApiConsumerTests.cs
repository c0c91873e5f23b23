using System.Net;
using System.Text;
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
            _ => UserLookup.Unavailable,
        };

        Assert.Equal(expected, await FindAsync(new ContractServer((HttpStatusCode)status)));
    }

    private static async Task<UserLookup> FindAsync(ContractServer server)
    {
        using var http = new HttpClient(server) { BaseAddress = new Uri("http://user-api") };
        await using var services = new ServiceCollection().AddMetrics().AddLogging().AddSingleton<UserLookups>().BuildServiceProvider();
        return await new UserApiClient(http, services.GetRequiredService<UserLookups>())
            .FindAsync(Guid.CreateVersion7(), TestContext.Current.CancellationToken);
    }

    /// <summary>Checks the documented example against the document and answers with it.</summary>
    private sealed class ContractServer(HttpStatusCode status) : HttpMessageHandler
    {
        public HttpRequestMessage? Request { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Request = request;
            var media = FindUser.Responses[$"{(int)status}"]!["content"]!.AsObject().Single();
            var example = media.Value!["example"] ?? media.Value["examples"]!.AsObject().First().Value!["value"]!;
            var response = new HttpResponseMessage(status)
            {
                Content = new StringContent(example.ToJsonString(), Encoding.UTF8, media.Key),
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
