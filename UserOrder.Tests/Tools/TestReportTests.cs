using UserOrder.Processes;

namespace UserOrder.Tests.Tools;

/// <summary>tools/TestReport.cs, on TRX files that <c>dotnet test</c> wrote for a small project.</summary>
public sealed class TestReportTests
{
    private static readonly string Samples = Path.Combine(Repository.Root, "UserOrder.Tests", "Tools", "Samples");

    [Fact]
    public async Task Passed_tests_are_counted() => Assert.Equal((0, "tests: 3 passed, 0 failed, 0 skipped"), await ReportAsync("Passed"));

    [Fact]
    public async Task A_failed_test_is_listed_with_the_first_lines_of_its_message_and_its_stack() => Assert.Equal(
        (1,
        """
        Failed Sample.FailedTests.A_sum_is_wrong
          Assert.Equal() Failure: Values differ
          Expected: 3
          Actual:   2
             at Sample.FailedTests.A_sum_is_wrong() in /sample/Tests.cs:line 17
        Failed Sample.FailedTests.A_long_text_is_wrong
          <1> & more
          <2> & more
          <3> & more
          <4> & more
          <5> & more
          <6> & more
          <7> & more
          <8> & more
          <9> & more
          <10> & more
          <11> & more
          <12> & more
             at Sample.FailedTests.A_long_text_is_wrong() in /sample/Tests.cs:line 20
        Failed Sample.FailedTests.An_exception_is_thrown
          System.InvalidOperationException : The server did not answer.
             at Sample.FailedTests.An_exception_is_thrown() in /sample/Tests.cs:line 23
        tests: 0 passed, 3 failed, 0 skipped
        """),
        await ReportAsync("Failed"));

    [Fact]
    public async Task Failures_with_the_same_message_are_listed_once() => Assert.Equal(
        (1,
        """
        Failed Sample.FixtureTests.A_request_gets_503
          Class fixture type 'Sample.Server' threw in InitializeAsync
          ---- System.Threading.Tasks.TaskCanceledException : A task was canceled.
          ----- Inner Stack Trace -----
             at Sample.Server.InitializeAsync() in /sample/Tests.cs:line 8
          Sample.FixtureTests.A_request_gets_200 and 1 more failed with the same message.
        tests: 0 passed, 3 failed, 0 skipped
        """),
        await ReportAsync("Fixture"));

    [Fact]
    public async Task A_skipped_test_is_listed_with_its_reason_and_does_not_count_as_run() => Assert.Equal(
        (1,
        """
        Skipped Sample.SkippedTests.A_machine_is_fast
          The machine is slow.
        Skipped Sample.SkippedTests.A_server_answers
          The server is missing: install 'server' & try again.
        No test was run.
        tests: 0 passed, 0 failed, 2 skipped
        """),
        await ReportAsync("Skipped"));

    [Fact]
    public async Task The_projects_of_a_run_are_counted_together()
    {
        var (_, output) = await ReportAsync("Passed", "Failed", "Skipped");

        Assert.EndsWith("\ntests: 3 passed, 3 failed, 2 skipped", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_may_match_no_test_of_a_project() =>
        Assert.Equal((0, "tests: 3 passed, 0 failed, 0 skipped"), await ReportAsync("Passed", "Empty"));

    [Fact]
    public async Task A_filter_that_matches_no_test_at_all_fails_the_run() => Assert.Equal(
        (1,
        """
        No test was run.
        tests: 0 passed, 0 failed, 0 skipped
        """),
        await ReportAsync("Empty"));

    [Fact]
    public async Task A_crash_fails_the_run_although_each_finished_test_passed() => Assert.Equal(
        (1,
        """
        Crashed: [xUnit.net 00:01:03.28]     [FATAL ERROR] Xunit.Sdk.TestPipelineException
        Crashed: [xUnit.net 00:01:03.29] Catastrophic failure: Test process crashed with exit code 134.
        tests: 3 passed, 0 failed, 0 skipped
        """),
        await ReportAsync("Crashed"));

    [Fact]
    public async Task A_project_without_results_fails_the_run() => Assert.Equal(
        (1,
        """
        Missing: There are no results.
        tests: 3 passed, 0 failed, 0 skipped
        """),
        await ReportAsync("Passed", "Missing"));

    [Fact]
    public async Task Incomplete_results_fail_the_run()
    {
        var (exitCode, output) = await ReportAsync("Passed", "Incomplete");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("Incomplete: The results are incomplete.", output, StringComparison.Ordinal);
        Assert.EndsWith("\ntests: 3 passed, 0 failed, 0 skipped", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> ReportAsync(params string[] projects)
    {
        var program = new ProcessSpecification("dotnet", ["run", "tools/TestReport.cs", "--", Samples, .. projects])
        {
            WorkingDirectory = Repository.Root,
        };
        return await ChildProcess.RunAsync(program, TestContext.Current.CancellationToken);
    }
}
