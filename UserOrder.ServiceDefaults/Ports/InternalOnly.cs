namespace UserOrder.ServiceDefaults.Ports;

/// <summary>Endpoint metadata: only the internal port serves this endpoint.</summary>
internal sealed class InternalOnly
{
    public static readonly InternalOnly Instance = new();
}
