namespace UserOrder.Tests.Graph;

/// <summary>The memory alarm of a broker. A raised alarm must be lifted.</summary>
internal sealed class MemoryAlarm(LocalGraph graph)
{
    public Task RaiseAsync() => SetAsync("0.0000001");

    public Task LiftAsync() => SetAsync("0.2");

    private Task SetAsync(string watermark) => graph.RunBrokerCommandAsync("set_vm_memory_high_watermark", watermark);
}
