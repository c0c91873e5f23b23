using Microsoft.Extensions.Hosting;
using UserOrder.ApiDefaults.Bodies;
using UserOrder.ApiDefaults.Limits;
using UserOrder.ApiDefaults.OpenApi;
using UserOrder.ApiDefaults.Problems;
using UserOrder.ApiDefaults.Requests;
using UserOrder.ApiDefaults.Security;
using UserOrder.ApiDefaults.Versioning;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the common parts of an HTTP API.</summary>
public static class ApiDefaultsApplicationExtensions
{
    /// <summary>
    /// Answers errors with problem details, sends the version headers, checks access tokens, and enforces the limits. In Development it
    /// serves the interactive API page at <c>/swagger</c>.
    /// </summary>
    public static WebApplication UseApiDefaults(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            // The framework adds the header to HTTPS responses only.
            app.UseHsts();
        }

        app.UseSecurityHeaders();
        app.UseProblems();
        app.UseApiVersions();
        app.UseOpenApiPage();
        app.UseCrossOrigin();

        // Limits count per caller, so tokens come first; a refused scope must count too, so scopes follow. A body is received for permitted
        // callers only, and before the request takes one of the permits that all callers share.
        app.UseTokens();
        app.UseCallerLimits();
        app.UseScopes();
        app.UseQueryParameters();
        app.UseContentCodings();
        app.UseReceivedBodies();
        app.UseConcurrencyLimit();
        app.UseStrictJson();
        return app;
    }
}
