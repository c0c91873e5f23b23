namespace UserOrder.ApiDefaults.Bodies;

/// <summary>The limit of a request body.</summary>
internal static class RequestBody
{
    /// <summary>64 KiB. A larger body is answered <c>413</c>.</summary>
    public const int MaxBytes = 64 * 1024;
}
