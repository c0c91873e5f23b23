namespace UserOrder.ManifestRunner.Graph;

/// <summary>Where to find the Aspire dashboard.</summary>
/// <param name="AspireCli">The <c>aspire</c> program, which carries the dashboard.</param>
/// <param name="HomeFolder">The folder into which it unpacks itself, about 300 MB; kept, it makes the next start fast.</param>
public sealed record DashboardOptions(string AspireCli, string HomeFolder);
