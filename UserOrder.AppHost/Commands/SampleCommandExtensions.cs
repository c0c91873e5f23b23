using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.AppHost.Graph;

namespace UserOrder.AppHost.Commands;

/// <summary>Lets a developer send the first request from the dashboard.</summary>
internal static class SampleCommandExtensions
{
    /// <summary>Adds a command that creates a user and places an order for it, in run mode only.</summary>
    public static void WithSampleCommand(
        this IResourceBuilder<ProjectResource> userApi, IResourceBuilder<ProjectResource> orderApi, Issuer? issuer)
    {
        if (!userApi.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return;
        }

        userApi.WithCommand(
            "create-sample",
            "Create a sample user and order",
            async context =>
            {
                using var client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
                var user = await PostAsync(
                    userApi,
                    "/v1/users",
                    new JsonObject { ["name"] = "Ada Lovelace", ["email"] = $"ada-{Guid.CreateVersion7():N}@example.com" });
                var order = await PostAsync(
                    orderApi,
                    "/v1/orders",
                    new JsonObject
                    {
                        ["userId"] = $"{user["id"]}",
                        ["items"] = new JsonArray(new JsonObject { ["sku"] = "tea", ["quantity"] = 2, ["unitPrice"] = 1.25 }),
                    });
                return CommandResults.Success($"User {user["id"]} placed the order {order["orderId"]}.");

                async Task<JsonNode> PostAsync(IResourceBuilder<ProjectResource> api, string path, JsonObject body)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, $"{api.GetEndpoint("http").Url}{path}")
                    {
                        Content = JsonContent.Create<JsonNode>(body),
                    };
                    await OperatorToken.AddAsync(client, request, issuer, context.CancellationToken);
                    using var response = await client.SendAsync(request, context.CancellationToken);
                    response.EnsureSuccessStatusCode();
                    return (await response.Content.ReadFromJsonAsync<JsonNode>(context.CancellationToken))!;
                }
            },
            new CommandOptions { IconName = "PersonAdd", UpdateState = CommandState.OfHealth, IsHighlighted = true });
    }
}
