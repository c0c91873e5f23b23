using System.Globalization;
using System.Text.Json;
using UserOrder.Processes;

namespace UserOrder.Tests.Observability;

/// <summary>A Prometheus with the deployed rules and an empty data folder.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private readonly HttpClient _api = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("userorder-prometheus-").FullName;
    private readonly List<string> _log = [];
    private readonly int _port = FreePort.Next();
    private ChildProcess? _process;

    public Prometheus() => _api.BaseAddress = new Uri($"http://127.0.0.1:{_port}");

    /// <summary>
    /// Starts Prometheus with the deployed configuration and rules, except for the addresses, shorter intervals, and smaller thresholds of
    /// the queue's alerts.
    /// </summary>
    /// <param name="broker">The address of the broker's metrics.</param>
    /// <param name="userApi">The address of UserApi's metrics.</param>
    /// <param name="orderApi">The address of OrderApi's metrics.</param>
    public async Task StartAsync(Uri broker, Uri userApi, Uri orderApi)
    {
        var configuration = await File.ReadAllTextAsync(PipelineFiles.PrometheusConfiguration, TestContext.Current.CancellationToken);
        configuration = Replace(configuration, "rabbitmq:15692", broker.Authority);
        configuration = Replace(configuration, "user-api:3001", userApi.Authority);
        configuration = Replace(configuration, "order-api:3002", orderApi.Authority);
        configuration = Replace(configuration, "rules/*.yml", Path.Combine(_folder, "*.rules.yml"));
        configuration = Replace(configuration, "interval: 15s", "interval: 1s");
        foreach (var rules in Directory.EnumerateFiles(PipelineFiles.Rules, "*.yml"))
        {
            await WriteRulesAsync(rules);
        }

        var file = Path.Combine(_folder, "prometheus.yml");
        await File.WriteAllTextAsync(file, configuration, TestContext.Current.CancellationToken);
        _process = ChildProcess.Start(
            new ProcessSpecification(
                PrometheusPrograms.Server,
                $"--config.file={file}",
                $"--storage.tsdb.path={Path.Combine(_folder, "data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{_port}"),
                "--query.lookback-delta=1m",
                "--log.level=warn"),
            Note);
        await Until.TrueAsync("Prometheus is ready", IsReadyAsync, isReady => isReady);
    }

    /// <summary>The result of an instant query.</summary>
    public async Task<IReadOnlyList<Sample>> QueryAsync(string query)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var form = new FormUrlEncodedContent([new("query", query)]);
        using var response = await _api.PostAsync("/api/v1/query", form, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var answer = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{query}: {answer.RootElement}");
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(Sample.From)];
    }

    /// <summary>The labels of the firing alerts with this name.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> FiringAsync(string alert) =>
        [.. (await QueryAsync($$"""ALERTS{alertname="{{alert}}", alertstate="firing"}""")).Select(sample => sample.Labels)];

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
        }

        _api.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WriteRulesAsync(string source)
    {
        var rules = await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken);
        if (Path.GetFileName(source) == "reliable-path.yml")
        {
            rules = Replace(rules, "(userorder_consumer_stalled_seconds) > 120", "(userorder_consumer_stalled_seconds) > 10");
            rules = Replace(
                rules, "(rabbitmq_detailed_queue_messages) > 50000\n        for: 5m", "(rabbitmq_detailed_queue_messages) > 3");
        }

        var file = Path.Combine(_folder, $"{Path.GetFileNameWithoutExtension(source)}.rules.yml");
        await File.WriteAllTextAsync(file, rules, TestContext.Current.CancellationToken);
    }

    private static string Replace(string text, string part, string by)
    {
        Assert.Contains(part, text, StringComparison.Ordinal);
        return text.Replace(part, by, StringComparison.Ordinal);
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(_process!.Exited.IsCompleted, $"Prometheus ended: {string.Join('\n', _log)}");
        try
        {
            using var response = await _api.GetAsync("/-/ready", TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }
}

/// <summary>One series and its value.</summary>
internal sealed record Sample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    public static Sample From(JsonElement result) => new(
        result.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
        double.Parse(result.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));
}
