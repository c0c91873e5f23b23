using UserOrder.Processes;

namespace UserOrder.Tests.Contracts;

/// <summary>
/// The linters of each format check the contracts: Ajv, the AsyncAPI parser and Redocly. <c>test.sh</c> fetches them from npm; without
/// them these tests are skipped with the reason.
/// </summary>
public sealed class LintTests
{
    private static readonly string[] Pages = ["asyncapi", "user-api.v1", "order-api.v1"];

    [Fact]
    public async Task The_linters_accept_the_contracts()
    {
        var (exitCode, output) = await RunAsync("npm", "run", "--silent", "lint");

        Assert.True(exitCode == 0, output);
    }

    [Theory]
    [InlineData("lint-asyncapi.mjs", "asyncapi.yaml", "asyncapi.yaml", "action: send", "action: shout")]
    [InlineData("lint-asyncapi.mjs", "asyncapi.yaml", "asyncapi.yaml", "#/components/messages/userCreatedV1", "#/components/messages/none")]
    [InlineData("lint-schemas.mjs", "", "events/user.created.v1.schema.json", "\"maxLength\": 200", "\"maxlength\": 200")]
    [InlineData("lint-schemas.mjs", "", "events/user.created.v1/examples/typical.json", "\"id\"", "\"ID\"")]
    [InlineData("node_modules/.bin/redocly lint", "openapi/user-api.v1.json", "openapi/user-api.v1.json", "\"summary\"", "\"sumary\"")]
    public async Task The_linters_refuse_a_mistake(string linter, string argument, string file, string right, string wrong)
    {
        SkipWithoutTools();
        var copy = Directory.CreateTempSubdirectory("userorder-contracts-").FullName;
        try
        {
            CopyContracts(copy);
            var path = Path.Combine(copy, file);
            var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            Assert.Contains(right, text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, text.Replace(right, wrong, StringComparison.Ordinal), TestContext.Current.CancellationToken);

            var (exitCode, output) = await RunAsync("node", [.. linter.Split(' '), Path.Combine(copy, argument)]);

            Assert.NotEqual(0, exitCode);
            Assert.NotEmpty(output);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task The_HTML_reference_names_every_operation_and_event()
    {
        SkipWithoutTools();
        var folder = Directory.CreateTempSubdirectory("userorder-reference-").FullName;
        try
        {
            var (exitCode, output) = await RunAsync("npm", "run", "--silent", "reference", "--", folder);

            Assert.True(exitCode == 0, output);
            var pages = Pages.ToDictionary(page => page, page => File.ReadAllText(Path.Combine(folder, $"{page}.html")));
            Assert.All(ContractFiles.EventTypes, type => Assert.Contains(type, pages["asyncapi"], StringComparison.Ordinal));
            Assert.All(ContractFiles.Services, service => Assert.All(
                OpenApiContract.Of(service).Operations,
                operation => Assert.Contains(
                    operation.Description["summary"]!.GetValue<string>(), pages[$"{service}.v1"], StringComparison.Ordinal)));

            // A page that loads scripts from another server stays blank offline.
            Assert.All(pages.Values, page => Assert.DoesNotContain("<script src=\"http", page, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void SkipWithoutTools() => Assert.SkipUnless(
        File.Exists(Path.Combine(ContractFiles.Tools, "node_modules", ".fetched")),
        "The linters are missing. ./test.sh fetches them from npm, which needs Node.js 20.19 or later.");

    private static void CopyContracts(string folder)
    {
        var contracts = Directory.GetFiles(ContractFiles.Folder, "*", SearchOption.AllDirectories)
            .Where(path => !path.StartsWith(ContractFiles.Tools, StringComparison.Ordinal));
        foreach (var path in contracts)
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(ContractFiles.Folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    private static Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        SkipWithoutTools();
        var specification = new ProcessSpecification(program, arguments)
        {
            WorkingDirectory = ContractFiles.Tools,
            Environment = new Dictionary<string, string?> { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true" },
        };
        return ChildProcess.RunAsync(specification, TestContext.Current.CancellationToken);
    }
}
