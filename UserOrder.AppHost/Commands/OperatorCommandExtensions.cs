using UserOrder.AppHost.Graph;

namespace UserOrder.AppHost.Commands;

/// <summary>Gives a service the operators' page and commands in the dashboard.</summary>
internal static class OperatorCommandExtensions
{
    /// <summary>Adds a link to the operators' page, and commands for the relay and the consumer of a queue, in run mode only.</summary>
    public static IResourceBuilder<ProjectResource> WithOperatorCommands(
        this IResourceBuilder<ProjectResource> api, string queue, Issuer? issuer)
    {
        if (!api.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return api;
        }

        return api
            .WithEnvironment("Messaging__AdminEndpoints", "true")
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/admin/", DisplayText = "Operators' page" })
            .WithPost(
                $"/admin/dead-letters/{queue}/replay",
                "replay-dead-letters",
                "Replay all dead letters",
                issuer,
                new HttpCommandOptions
                {
                    IconName = "ArrowRepeatAll",
                    ConfirmationMessage = $"Return all dead letters of {queue} to their queue?",
                })
            .WithPauses($"/admin/consumers/{queue}", "consumer", issuer)
            .WithPauses("/admin/relay", "relay", issuer);
    }

    /// <summary>Lets the search for an event also ask a service that it refers to, in run mode only.</summary>
    public static IResourceBuilder<ProjectResource> WithSearchIn(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<ProjectResource> other) =>
        api.ApplicationBuilder.ExecutionContext.IsRunMode
            ? api.WithEnvironment($"Messaging__OtherServices__{other.Resource.Name}", $"http://{other.Resource.Name}")
            : api;

    private static IResourceBuilder<ProjectResource> WithPauses(
        this IResourceBuilder<ProjectResource> api, string path, string what, Issuer? issuer) => api
        .WithPost($"{path}/pause", $"pause-{what}", $"Pause {what}", issuer, new HttpCommandOptions { IconName = "Pause" })
        .WithPost($"{path}/resume", $"resume-{what}", $"Resume {what}", issuer, new HttpCommandOptions { IconName = "Play" });

    /// <summary>Adds a command that sends a request with an operator's token, and shows the answer.</summary>
    private static IResourceBuilder<ProjectResource> WithPost(
        this IResourceBuilder<ProjectResource> api, string path, string name, string title, Issuer? issuer, HttpCommandOptions options)
    {
        options.PrepareRequest = request => OperatorToken.AddAsync(request.HttpClient, request.Request, issuer, request.CancellationToken);
        options.ResultMode = HttpCommandResultMode.Json;
        return api.WithHttpCommand(path, title, endpointName: "http", commandName: name, commandOptions: options);
    }
}
