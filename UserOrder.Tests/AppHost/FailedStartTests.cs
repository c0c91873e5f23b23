using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UserOrder.AppHost.LocalServers;

namespace UserOrder.Tests.AppHost;

/// <summary>A start that cannot succeed exits at once, prints one line with the remedy, and does not touch the data.</summary>
public sealed class FailedStartTests : AppHostTest
{
    [Theory]
    [InlineData("--servers nonsense", "--servers is 'nonsense'. It can be 'containers' or 'local'")]
    [InlineData("--fresh=perhaps", "--fresh is 'perhaps'. It can be 'true' or 'false'.")]
    [InlineData("--port", "--port '' does not have the form NAME=N")]
    [InlineData("--port 3005", "--port '3005' does not have the form NAME=N")]
    [InlineData("--port user-api=http", "--port user-api=http: a port is a number from 0 to 65535")]
    [InlineData("--port user-api=65536", "--port user-api=65536: a port is a number from 0 to 65535")]
    [InlineData("--port dashboard=-1", "--port dashboard=-1: a port is a number from 0 to 65535")]
    [InlineData("--port web=3001", "--port web=3001 names an unknown resource; the known ones are user-api, order-api and dashboard")]
    [InlineData("--port issuer=3010", "--port issuer=3010 names an unknown resource; the known ones are user-api, order-api and dashboard")]
    public async Task The_error_names_an_invalid_option(string arguments, string expected)
    {
        Program.Start(arguments.Split(' '));

        await AssertFailsAsync(expected);
    }

    [Theory]
    [InlineData("user-api")]
    [InlineData("dashboard")]
    public async Task The_error_names_a_port_in_use(string resource)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        Program.Start("--port", string.Create(CultureInfo.InvariantCulture, $"{resource}={port}"));

        await AssertFailsAsync($"Port {port} of {resource} is in use.");
    }

    [Fact]
    public async Task A_second_AppHost_cannot_use_the_data_of_the_first()
    {
        using var first = DataFolder.Open(Program.Data, fresh: false);

        Program.Start("--fresh");

        await AssertFailsAsync($"Another AppHost, process {Environment.ProcessId}, uses the data in {Program.Data}.");
    }

    [Fact]
    public async Task A_data_folder_with_foreign_files_is_refused_and_kept()
    {
        Directory.CreateDirectory(Program.Data);
        var file = Path.Combine(Program.Data, "letter.txt");
        await File.WriteAllTextAsync(file, "Dear Ada", TestContext.Current.CancellationToken);

        Program.Start("--fresh");

        await AssertFailsAsync($"{Program.Data} contains files that no AppHost created");
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Containers_without_an_engine_fail_the_start()
    {
        Assert.SkipWhen(ContainerEngine.Find(runtime: null).IsRunning, "A container engine works here.");

        Program.Start("--servers", "containers");

        await AssertFailsAsync("no container engine works here");
    }

    [Theory]
    [InlineData("/usr/lib/postgresql /usr/lib/rabbitmq", "apt-get install --no-install-recommends rabbitmq-server postgresql")]
    [InlineData("/usr/lib/postgresql", "apt-get install --no-install-recommends postgresql")]
    public async Task The_error_names_the_packages_of_missing_servers(string folders, string expected)
    {
        Assert.SkipUnless(folders.Split(' ').All(Directory.Exists), "The servers are not those of Debian's packages.");

        Program.StartWithout(folders.Split(' '));

        await AssertFailsAsync(expected);
    }

    [Fact]
    public async Task Data_of_an_uninstalled_PostgreSQL_version_is_refused_and_kept()
    {
        var version = Path.Combine(ServerData("userorder-user-postgres", "cluster"), "PG_VERSION");
        await File.WriteAllTextAsync(version, "9\n", TestContext.Current.CancellationToken);

        Program.Start();

        await AssertFailsAsync("user-postgres does not start", "PostgreSQL 9 created the data", "Install postgresql-9");
        Assert.Equal("9\n", await File.ReadAllTextAsync(version, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_that_exits_during_startup_stops_the_AppHost()
    {
        // RabbitMQ expects a folder at this path.
        await File.WriteAllTextAsync(Path.Combine(ServerData("userorder-rabbitmq"), "mnesia"), "", TestContext.Current.CancellationToken);

        Program.Start();

        await AssertFailsAsync("rabbitmq does not start");
    }

    /// <summary>Creates a server's folder inside data that an AppHost created.</summary>
    private string ServerData(params string[] folders)
    {
        using var data = DataFolder.Open(Program.Data, fresh: false);
        return Directory.CreateDirectory(Path.Combine([Program.Data, .. folders])).FullName;
    }

    private async Task AssertFailsAsync(params string[] expected)
    {
        var exitCode = await Program.WaitForExitAsync();

        Assert.True(exitCode == 1, $"exit code {exitCode}\n{Program.Output}");
        Assert.All(expected, text => Assert.Contains(text, Program.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Program.Output, StringComparison.Ordinal);
        await Until.EqualAsync(0, "every process has ended", () => Task.FromResult(Program.Family().Count));
    }
}
