using UserOrder.ManifestRunner;
using UserOrder.ManifestRunner.CommandLine;

try
{
    var arguments = RunnerArguments.Parse(args);
    return await (arguments.Mode switch
    {
        RunnerMode.Help => HelpCommand.RunAsync(),
        RunnerMode.Announce => AnnounceCommand.RunAsync(arguments),
        _ => RunCommand.RunAsync(arguments),
    });
}
catch (UsageException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Message}\nTry --help.");
    return ExitCodes.Usage;
}
catch (Exception exception) when (exception is RunnerException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return ExitCodes.Failure;
}
