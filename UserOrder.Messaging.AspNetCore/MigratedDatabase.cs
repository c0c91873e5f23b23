using System.Data.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.AspNetCore;

/// <summary>Keeps requests from a database whose schema is not in place.</summary>
public static class MigratedDatabase
{
    /// <summary>Lets the group's endpoints answer <c>503</c> until the schema is in place.</summary>
    /// <remarks>A request that comes before fails with a transient <see cref="DbException"/>, as it would during an outage.</remarks>
    public static RouteGroupBuilder RequireMigratedDatabase(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(static (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<SchemaMigrator>().Ready.IsCompletedSuccessfully
                ? next(context)
                : throw new DatabaseNotReadyException());
        return group;
    }
}

/// <summary>The schema is not in place yet, so that a query would fail; it will be soon.</summary>
internal sealed class DatabaseNotReadyException() : DbException("The database is not ready yet.")
{
    public override bool IsTransient => true;
}
