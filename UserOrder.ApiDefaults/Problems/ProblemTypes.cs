namespace UserOrder.ApiDefaults.Problems;

/// <summary>
/// The stable <c>type</c> of each problem (RFC 9457, section 3.1.1). A client compares it; nothing is served there.
/// </summary>
public static class ProblemTypes
{
    internal const string Base = "https://userorder.example/problems/";

    /// <summary>400: the request is well-formed, but a value in it is out of its limits.</summary>
    public const string Validation = Base + "validation";

    /// <summary>400: the request cannot be read.</summary>
    public const string MalformedRequest = Base + "malformed-request";

    /// <summary>401: the request has no access token, or one that is not valid.</summary>
    public const string Unauthenticated = Base + "unauthenticated";

    /// <summary>403: the access token does not permit this.</summary>
    public const string Forbidden = Base + "forbidden";

    /// <summary>404: there is nothing at this address.</summary>
    public const string NotFound = Base + "not-found";

    /// <summary>404: the API has no such version; the extension <c>supportedVersions</c> lists those that it has.</summary>
    public const string UnsupportedVersion = Base + "unsupported-version";

    /// <summary>405: the resource does not take this method.</summary>
    public const string MethodNotAllowed = Base + "method-not-allowed";

    /// <summary>409: another user has this email already.</summary>
    public const string EmailTaken = Base + "email-taken";

    /// <summary>409: a request with this idempotency key is being carried out.</summary>
    public const string IdempotencyKeyInFlight = Base + "idempotency-key-in-flight";

    /// <summary>413: the body is larger than allowed.</summary>
    public const string BodyTooLarge = Base + "body-too-large";

    /// <summary>415: the body is not JSON by its content type.</summary>
    public const string UnsupportedMediaType = Base + "unsupported-media-type";

    /// <summary>422: the idempotency key was used for another request.</summary>
    public const string IdempotencyKeyReused = Base + "idempotency-key-reused";

    /// <summary>422: the order names a user that does not exist.</summary>
    public const string UnknownUser = Base + "unknown-user";

    /// <summary>429: the caller sends more requests than it may.</summary>
    public const string TooManyRequests = Base + "too-many-requests";

    /// <summary>500: a defect of the service.</summary>
    public const string InternalError = Base + "internal-error";

    /// <summary>503: the database is out of reach, or its schema is not in place yet.</summary>
    public const string DatabaseUnavailable = Base + "database-unavailable";

    /// <summary>503: the keys of the issuer of the access tokens cannot be had at the moment.</summary>
    public const string IssuerUnavailable = Base + "issuer-unavailable";

    /// <summary>503: too many requests are being carried out.</summary>
    public const string Overloaded = Base + "overloaded";

    /// <summary>503: too many events wait for the broker.</summary>
    public const string OutboxFull = Base + "outbox-full";

    /// <summary>503: whether the user exists cannot be found out at the moment.</summary>
    public const string UserApiUnavailable = Base + "user-api-unavailable";

    /// <summary>What the OpenAPI documents say of each problem that an operation may answer with.</summary>
    internal static IReadOnlyDictionary<string, ProblemMeaning> Meanings { get; } = new Dictionary<string, ProblemMeaning>
    {
        [Validation] = new(400, "One or more validation errors occurred."),
        [MalformedRequest] = new(400, "The request cannot be read."),
        [Unauthenticated] = new(401, "A valid access token is required."),
        [Forbidden] = new(403, "The access token does not permit this."),
        [NotFound] = new(404, "There is no such resource."),
        [EmailTaken] = new(409, "The email is taken."),
        [IdempotencyKeyInFlight] = new(409, "The request is being carried out."),
        [BodyTooLarge] = new(413, "The body is larger than 64 KiB."),
        [UnsupportedMediaType] = new(415, "The body is not JSON in UTF-8."),
        [IdempotencyKeyReused] = new(422, "The idempotency key was used for another request."),
        [UnknownUser] = new(422, "There is no such user."),
        [TooManyRequests] = new(429, "The caller sends too many requests."),
        [InternalError] = new(500, "A defect of the service."),
        [DatabaseUnavailable] = new(503, "The database is out of reach."),
        [IssuerUnavailable] = new(503, "Access tokens cannot be checked at the moment."),
        [Overloaded] = new(503, "Too many requests are being carried out."),
        [OutboxFull] = new(503, "Too many events wait for the broker."),
        [UserApiUnavailable] = new(503, "The user cannot be checked at the moment."),
    };

    /// <summary>The type of a problem that has no closer one than its status.</summary>
    internal static string? For(int? status) => status switch
    {
        400 => MalformedRequest,
        401 => Unauthenticated,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        413 => BodyTooLarge,
        415 => UnsupportedMediaType,
        500 => InternalError,
        _ => null,
    };
}

/// <summary>The status of a problem, and what it is in one sentence.</summary>
internal sealed record ProblemMeaning(int Status, string Title)
{
    /// <summary>Whether the same request may succeed later, so that the answer says when to try again.</summary>
    public bool IsPassing => Status is 429 or 503;
}
