using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Xml.Linq;
using RabbitMQ.Client;
using UserOrder.Processes;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Packages;

/// <summary>The packages contain all that they promise, and their READMEs make working projects.</summary>
public sealed class PackageReadmeTests(RunningGraph graph, ReadmeProjects projects) : IntegrationTest(graph), IClassFixture<ReadmeProjects>
{
    private static readonly Dictionary<string, string[]> Dependencies = new()
    {
        ["UserOrder.Messaging"] =
        [
            "Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Hosting.Abstractions",
            "Microsoft.Extensions.Options.ConfigurationExtensions", "Npgsql", "Polly.Core", "RabbitMQ.Client",
        ],
        ["UserOrder.Messaging.AspNetCore"] = ["JsonSchema.Net", "UserOrder.Messaging"],
        ["UserOrder.Messaging.EntityFrameworkCore"] = ["Npgsql.EntityFrameworkCore.PostgreSQL", "UserOrder.Messaging"],
        ["UserOrder.Messaging.Testing"] = ["UserOrder.Messaging"],
    };

    private readonly string _name = $"readme_{Guid.NewGuid():N}";

    public static TheoryData<string> Packages { get; } = [.. ReadmeProjects.Names];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_readme_icon_license_documentation_and_symbols_and_needs_no_other_package(string name)
    {
        RequireSelection();
        using var package = Open(name, "nupkg");
        using var symbols = Open(name, "snupkg");
        var files = package.Entries.Select(entry => entry.FullName).ToList();
        using var manifest = package.GetEntry($"{name}.nuspec")!.Open();
        var nuspec = XDocument.Load(manifest).Root!;
        var dependencies = nuspec.Descendants().Where(element => element.Name.LocalName == "dependency").ToList();

        Assert.Superset(
            new HashSet<string> { "PACKAGE.md", "icon.png", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml" }, files.ToHashSet());
        Assert.Contains($"lib/net10.0/{name}.pdb", symbols.Entries.Select(entry => entry.FullName));
        Assert.Equal(Repository.Version, ValueOf("version"));
        Assert.Equal("MIT", ValueOf("license"));
        Assert.Equal("PACKAGE.md", ValueOf("readme"));
        Assert.Equal("icon.png", ValueOf("icon"));
        Assert.NotEmpty(ValueOf("tags"));
        Assert.NotEmpty(ValueOf("description"));
        Assert.Equal(Dependencies[name], dependencies.Select(dependency => dependency.Attribute("id")!.Value).Order());
        Assert.All(
            dependencies.Where(dependency => dependency.Attribute("id")!.Value.StartsWith("UserOrder", StringComparison.Ordinal)),
            dependency => Assert.Equal($"[{Repository.Version}]", dependency.Attribute("version")!.Value));

        string ValueOf(string element) => nuspec.Descendants().Single(found => found.Name.LocalName == element).Value;
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("http/shop")]
    [InlineData("ef/shop")]
    public async Task An_event_passes_both_ways_through_the_project_of_a_readme(string project)
    {
        RequireSelection();
        await AssertEventsPassAsync(environment => projects.ProgramOf(project, environment));
    }

    [Fact]
    public async Task The_test_of_a_readme_passes()
    {
        RequireSelection();
        var (exitCode, output) = await ChildProcess.RunAsync(projects.ProgramOf("shop.tests", await EnvironmentAsync()), Cancelled);

        Assert.True(exitCode == 0, output);
        Assert.Contains("Total: 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_project_of_a_readme_compiles_ahead_of_time_without_a_warning()
    {
        RequireSelection();
        var program = await projects.CompileAsync("http/shop");

        await AssertEventsPassAsync(environment => new ProcessSpecification(program)
        {
            WorkingDirectory = Path.GetDirectoryName(program)!,
            Environment = environment,
        });
    }

    private static void RequireSelection() => Assert.SkipUnless(
        ReadmeProjects.IsSelected, "./test.sh --packages runs it, because it builds four projects and compiles one ahead of time.");

    private ZipArchive Open(string name, string extension) =>
        ZipFile.OpenRead(Path.Combine(projects.Packages, $"{name}.{Repository.Version}.{extension}"));

    /// <summary>Places an order, whose event sends a parcel, whose event marks the order.</summary>
    private async Task AssertEventsPassAsync(Func<IReadOnlyDictionary<string, string?>, ProcessSpecification> program)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}") };
        var environment = new Dictionary<string, string?>(await EnvironmentAsync()) { ["ASPNETCORE_URLS"] = http.BaseAddress.ToString() };
        var output = new ConcurrentQueue<string>();
        var process = ChildProcess.Start(program(environment), output.Enqueue);
        try
        {
            await Until.TrueAsync(
                "it is ready",
                async () => (Status: await StatusAsync(http), Output: string.Join('\n', output)),
                answer => answer.Status == HttpStatusCode.OK);

            using var response = await http.PostAsync("/orders/tea", content: null, Cancelled);
            var id = await response.Content.ReadAsStringAsync(Cancelled);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await Until.EqualAsync("sent", "both events took effect", () => http.GetStringAsync($"/orders/{id}", Cancelled));
        }
        finally
        {
            await process.StopAsync(Signal.Terminate, TimeSpan.FromSeconds(10));
            await DeleteTopologyAsync();
        }
    }

    private async Task<IReadOnlyDictionary<string, string?>> EnvironmentAsync() => new Dictionary<string, string?>
    {
        // The project's test connects once, and on a busy machine that takes longer than the library's two seconds.
        ["ConnectionStrings__shopdb"] = $"{await CreateDatabaseAsync(_name)};Timeout=30",
        ["ConnectionStrings__rabbitmq"] = await Graph.GetConnectionStringAsync("rabbitmq", Cancelled),
        ["Messaging__Exchange"] = _name,
    };

    private async Task DeleteTopologyAsync()
    {
        var channel = await OpenChannelAsync();
        await channel.ExchangeDeleteAsync(_name);
        foreach (var queue in new[] { "shop.order-placed", "shop.parcel-sent" })
        {
            await channel.ExchangeDeleteAsync(queue);
            await channel.QueueDeleteAsync(queue);
            await channel.QueueDeleteAsync($"{queue}.dead");
        }
    }

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync("/health", Cancelled);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return null;
        }
    }
}
