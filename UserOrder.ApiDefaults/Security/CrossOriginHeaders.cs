namespace UserOrder.ApiDefaults.Security;

/// <summary>
/// Headers beyond the common ones that pages of other origins may send and read. Each part that has some registers its own.
/// </summary>
/// <param name="Sent">The request header.</param>
/// <param name="Read">The response header.</param>
public sealed record CrossOriginHeaders(string Sent, string Read);
