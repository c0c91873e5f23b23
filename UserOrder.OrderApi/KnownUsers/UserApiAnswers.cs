using System.Net;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;
using UserOrder.ApiDefaults.Problems;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>
/// Refuses an answer of another server, such as a proxy's page, a redirect, or a service that took over the address. It counts as a failed
/// call, for the retry and the circuit breaker too.
/// </summary>
internal sealed class UserApiAnswers : DelegatingHandler
{
    /// <exception cref="HttpRequestException">The answer is a success, a redirect or a <c>404</c> that UserApi does not give.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);

        // No other status settles whether the user exists.
        if (response.StatusCode >= HttpStatusCode.BadRequest && response.StatusCode != HttpStatusCode.NotFound)
        {
            return response;
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (AnsweredId(response, body) is { } id && request.RequestUri!.AbsolutePath.EndsWith($"/{id}", StringComparison.Ordinal))
        {
            return response;
        }

        var answer = $"{(int)response.StatusCode} {response.Content.Headers.ContentType}".TrimEnd();
        response.Dispose();
        throw new HttpRequestException($"another server answers at its address: {answer}");
    }

    private static Guid? AnsweredId(HttpResponseMessage response, byte[] body)
    {
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        try
        {
            return (response.StatusCode, mediaType) switch
            {
                (HttpStatusCode.OK, MediaTypeNames.Application.Json) =>
                    JsonSerializer.Deserialize(body, UserApiJson.Default.FoundUser)?.Id,
                (HttpStatusCode.NotFound, MediaTypeNames.Application.ProblemJson) =>
                    JsonSerializer.Deserialize(body, UserApiJson.Default.MissingUser) is { UserId: var id } missing
                        && missing.Type == ProblemTypes.NotFound.Uri ? id : null,
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A user, in an answer of UserApi.</summary>
internal sealed record FoundUser(Guid? Id);

/// <summary>UserApi's problem for a user that does not exist.</summary>
internal sealed record MissingUser(string? Type, Guid? UserId);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, AllowDuplicateProperties = false, MaxDepth = 16)]
[JsonSerializable(typeof(FoundUser))]
[JsonSerializable(typeof(MissingUser))]
internal sealed partial class UserApiJson : JsonSerializerContext;
