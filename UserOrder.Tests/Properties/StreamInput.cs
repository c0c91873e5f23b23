namespace UserOrder.Tests.Properties;

/// <summary>The octets sent over a connection, which need not be a request.</summary>
internal sealed record StreamInput(string Service, string Sent)
{
    public IEnumerable<StreamInput> Smaller() => Octets.Smaller(Sent).Select(sent => this with { Sent = sent });

    public override string ToString() => $"{Service}: {Octets.Show(Sent)}";
}
