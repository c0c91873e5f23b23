namespace UserOrder.ManifestRunner.Graph;

/// <summary>The issuer of access tokens to start with the graph, whose projects then ask for them.</summary>
/// <param name="Assembly">The built <c>tools/Issuer</c>.</param>
public sealed record IssuerOptions(string Assembly);
