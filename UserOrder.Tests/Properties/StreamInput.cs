namespace UserOrder.Tests.Properties;

/// <summary>What is sent over a connection, whether or not it is a request.</summary>
internal sealed record StreamInput(string Service, string Sent)
{
    public IEnumerable<StreamInput> Smaller() => Octets.Smaller(Sent).Select(sent => this with { Sent = sent });

    public override string ToString() => $"{Service}: {Octets.Show(Sent)}";
}
