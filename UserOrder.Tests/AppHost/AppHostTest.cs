using UserOrder.Tests.Graph;

namespace UserOrder.Tests.AppHost;

/// <summary>A test that runs the AppHost program with the installed servers.</summary>
public abstract class AppHostTest : IAsyncLifetime
{
    private protected AppHostProgram Program { get; } = new();

    public ValueTask InitializeAsync()
    {
        var reason = ServersOfThisMachine.ReasonToSkip();
        Assert.SkipWhen(reason is not null, reason ?? "");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Program.DisposeAsync();
    }
}
