namespace UserOrder.ApiDefaults.Problems;

/// <summary>The problem types that every API has.</summary>
public static class ProblemTypes
{
    /// <summary>The request is well-formed, but a value exceeds its limits.</summary>
    public static readonly ProblemType Validation = new("validation", 400, "One or more validation errors occurred.");

    /// <summary>The request cannot be read.</summary>
    public static readonly ProblemType MalformedRequest = new("malformed-request", 400, "The request cannot be read.");

    /// <summary>The request has no valid access token.</summary>
    public static readonly ProblemType Unauthenticated = new("unauthenticated", 401, "A valid access token is required.");

    /// <summary>The access token does not permit the request.</summary>
    public static readonly ProblemType Forbidden = new("forbidden", 403, "The access token does not permit this.");

    /// <summary>No resource exists at this address.</summary>
    public static readonly ProblemType NotFound = new("not-found", 404, "There is no such resource.");

    /// <summary>The API has no such version; the extension <c>supportedVersions</c> lists the existing ones.</summary>
    public static readonly ProblemType UnsupportedVersion = new("unsupported-version", 404, "There is no such version of this API.");

    /// <summary>The resource does not support the method.</summary>
    public static readonly ProblemType MethodNotAllowed = new("method-not-allowed", 405, "The resource does not support this method.");

    /// <summary>The body exceeds its limit.</summary>
    public static readonly ProblemType BodyTooLarge = new("body-too-large", 413, "The body is larger than 64 KiB.");

    /// <summary>The content type is not JSON in UTF-8.</summary>
    public static readonly ProblemType UnsupportedMediaType = new("unsupported-media-type", 415, "The body is not JSON in UTF-8.");

    /// <summary>The caller exceeds its request rate.</summary>
    public static readonly ProblemType TooManyRequests = new("too-many-requests", 429, "The caller sends too many requests.");

    /// <summary>The service has a defect.</summary>
    public static readonly ProblemType InternalError = new("internal-error", 500, "A defect of the service.");

    /// <summary>The service has no keys to check access tokens with, because their issuer is unreachable.</summary>
    public static readonly ProblemType IssuerUnavailable = new("issuer-unavailable", 503, "Access tokens cannot be checked at the moment.");

    /// <summary>The service has reached its limit of concurrent and queued requests.</summary>
    public static readonly ProblemType Overloaded = new("overloaded", 503, "Too many requests are being carried out.");

    /// <summary>The type of a problem for which the code states only a status.</summary>
    internal static ProblemType? For(int? status) => status switch
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
