using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.AppHost.LocalServers;
using UserOrder.AppHost.Options;

namespace UserOrder.AppHost.Start;

/// <summary>Builds and runs the graph. A failed start prints its reason to standard error and exits with code 1.</summary>
internal static class GraphRun
{
    /// <returns>The exit code.</returns>
    public static int Start(string[] args, Action<IDistributedApplicationBuilder> addResources)
    {
        try
        {
            var graph = DistributedApplication.CreateBuilder(GraphArguments.Expand(args));
            addResources(graph);
            if (!graph.ExecutionContext.IsRunMode)
            {
                graph.Build().Run();
                return 0;
            }

            using var data = Servers.Of(graph).Data;
            Ports.Check(graph);
            Servers.StartFresh(graph);
            graph.Services.AddEventingSubscriber<StartWatch>();
            graph.Services.AddEventingSubscriber<Announcement>();
            var app = graph.Build();
            return Run(app, app.Services.GetServices<IDistributedApplicationEventingSubscriber>().OfType<StartWatch>().Single());
        }
        catch (DistributedApplicationException exception)
        {
            return Fail(exception.Message);
        }
    }

    private static int Run(DistributedApplication app, StartWatch watch)
    {
        try
        {
            app.Run();
        }
        catch (Exception) when (watch.Failure is not null)
        {
            // StartWatch cancelled the start; its reason follows.
        }

        return watch.Failure is { } failure ? Fail(failure) : 0;
    }

    private static int Fail(string reason)
    {
        Console.Error.WriteLine(reason);
        return 1;
    }
}
