using System.Text.RegularExpressions;
using UserOrder.Processes;

namespace UserOrder.Tests.AppHost;

/// <summary>The first minutes with the system: a start, the printed table and commands, Ctrl-C, and a second start.</summary>
public sealed partial class RunTests : AppHostTest
{
    [Fact]
    public async Task The_printed_commands_work_and_Ctrl_C_ends_every_process_and_keeps_the_data()
    {
        Program.Start();
        var answer = await RunPrintedCommandsAsync(Program);
        Assert.Matches(Login(), Program.Output);
        var userId = UserId().Match(answer).Groups[1].Value;

        Program.Interrupt();
        Assert.Equal(0, await Program.WaitForExitAsync());
        await Until.EqualAsync(0, "every process has ended", () => Task.FromResult(Program.Family().Count));

        await using var secured = new AppHostProgram();

        // The stored password takes precedence over one from elsewhere, such as the user secrets of a run with containers.
        secured.Start("--data", Program.Data, "--secure", "--port", "issuer=0", "--Parameters:rabbitmq-password=another");
        await RunPrintedCommandsAsync(secured);
        var token = secured.Output.Split('\n').Last(line => line.Contains("TOKEN=", StringComparison.Ordinal));
        var userApi = UserApi().Match(secured.Output).Groups[1].Value;
        var kept = await BashAsync($"USER_ID={userId}\n{token}\ncurl -s -H \"Authorization: Bearer $TOKEN\" {userApi}/v1/users/{userId}");
        Assert.Contains("\"orderCount\":1", kept, StringComparison.Ordinal);
    }

    /// <summary>Waits for the printed commands and runs them.</summary>
    private static async Task<string> RunPrintedCommandsAsync(AppHostProgram program)
    {
        await program.WaitForAsync("curl -si");
        var commands = program.Output.Split('\n')
            .SkipWhile(line => !line.StartsWith("Try it", StringComparison.Ordinal))
            .Where(line => line.Contains("curl", StringComparison.Ordinal));
        var answer = await BashAsync(string.Join('\n', commands));
        Assert.Contains("201 Created", answer, StringComparison.Ordinal);
        return answer;
    }

    private static async Task<string> BashAsync(string script)
    {
        var (exitCode, output) = await ChildProcess.RunAsync(
            new ProcessSpecification("bash", "-ec", script), TestContext.Current.CancellationToken);
        Assert.True(exitCode == 0, output);
        return output;
    }

    [GeneratedRegex(@"dashboard  http://localhost:\d+/login\?t=\w+")]
    private static partial Regex Login();

    [GeneratedRegex(@"user-api   (http://localhost:\d+)")]
    private static partial Regex UserApi();

    [GeneratedRegex("\"userId\":\"([^\"]+)\"")]
    private static partial Regex UserId();
}
