using System.Net;
using System.Net.Http.Json;
using System.Text;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Manifest;

namespace UserOrder.Tests.Security;

/// <summary>Secrets appear neither in the repository nor in the output of a run.</summary>
public sealed class SecretTests
{
    // Git ignores the folder secrets, which deploy/kubernetes/secrets.sh writes.
    private static readonly string[] IgnoredFolders = [".git", ".userorder", "bin", "obj", "node_modules", "secrets", "TestResults"];

    // They contain only hashes of public packages.
    private static readonly string[] Locks = ["packages.locked.json", "package-lock.json"];

    [Fact]
    public void The_repository_contains_no_secret()
    {
        var found = Files(new DirectoryInfo(Repository.Root))
            .Where(file => !Locks.Contains(file.Name) && file.Length < 1_000_000)
            .SelectMany(file => SecretPatterns.Find(File.ReadAllText(file.FullName))
                .Select(secret => $"{Path.GetRelativePath(Repository.Root, file.FullName)}: {secret}"));

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("Host=db;Password=", "kR7vQ2mZx9Lw4TnB8sYc3D")]
    [InlineData("amqp://user:", "kR7vQ2mZx9@broker")]
    [InlineData("-----BEGIN RSA ", "PRIVATE KEY-----")]
    [InlineData("\"ApiKey\": \"", "0f8fad5bd9cb469fa165708677289505\"")]
    public void The_scan_finds_a_secret(string before, string secret) => Assert.NotEmpty(SecretPatterns.Find(before + secret));

    [Theory]
    [InlineData("Password={userdb-password.value}")]
    [InlineData("amqp://guest:guest@localhost")]
    [InlineData("secret: a-well-known-word-in-here")]
    public void The_scan_ignores_references_and_placeholders(string text) => Assert.Empty(SecretPatterns.Find(text));

    /// <summary>Checks a whole run with traffic and failures: its logs, its answers, and the command lines of its processes.</summary>
    [Fact]
    public async Task No_log_answer_or_command_line_of_a_run_contains_a_secret()
    {
        var secrets = AppManifest.Load().Secrets.ToDictionary(name => name, _ => $"{Guid.NewGuid():N}");
        var output = new List<string>();
        using var watching = new CancellationTokenSource();
        var commandLines = WatchCommandLinesAsync(watching.Token);

        var options = new GraphOptions { Parameters = secrets };
        await using (var graph = await LocalGraph.StartAsync(options, TestContext.Current.CancellationToken))
        {
            using var http = new HttpClient { BaseAddress = graph.GetUrl("user-api") };
            using var created = await http.PostAsJsonAsync(
                "/v1/users", new { name = "Ada", email = $"{Guid.NewGuid():N}@example.com" }, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);

            // A client library is most likely to reveal a password in the error of a failed connection.
            await graph.KillAsync("rabbitmq", TestContext.Current.CancellationToken);
            await graph.KillAsync("user-postgres", TestContext.Current.CancellationToken);
            using var refused = await http.PostAsJsonAsync(
                "/v1/users", new { name = "Ada", email = $"{Guid.NewGuid():N}@example.com" }, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            output.Add(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            using var health = await Until.TrueAsync(
                "the outage shows",
                () => http.GetAsync("/health", TestContext.Current.CancellationToken),
                response => response.StatusCode == HttpStatusCode.ServiceUnavailable);
            output.Add(await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            await graph.StopAsync("order-api", TestContext.Current.CancellationToken);
            await graph.StopAsync("user-api", TestContext.Current.CancellationToken);
            output.AddRange(Directory.EnumerateFiles(graph.LogFolder).Select(LogFile.Read));
        }

        await watching.CancelAsync();
        var seen = await commandLines;
        Assert.Contains(seen, line => line.Contains("UserOrder.UserApi", StringComparison.Ordinal));
        Assert.All(secrets, secret =>
        {
            Assert.DoesNotContain(seen, line => line.Contains(secret.Value, StringComparison.Ordinal));
            Assert.DoesNotContain(output, line => line.Contains(secret.Value, StringComparison.Ordinal));
        });
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder)
    {
        var folders = folder.EnumerateDirectories().Where(child => !IgnoredFolders.Contains(child.Name) && child.LinkTarget is null);
        return folder.EnumerateFiles().Concat(folders.SelectMany(Files));
    }

    /// <summary>Collects all command lines until cancellation. It polls fast enough to see short-lived processes.</summary>
    private static Task<HashSet<string>> WatchCommandLinesAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var seen = new HashSet<string>();
            while (!cancellationToken.IsCancellationRequested)
            {
                var processes = Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]));
                foreach (var process in processes)
                {
                    try
                    {
                        seen.Add(Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(process, "cmdline"))));
                    }
                    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                    {
                        // The process has exited.
                    }
                }

                Thread.Sleep(TimeSpan.FromMilliseconds(2));
            }

            return seen;
        },
        CancellationToken.None);
}
