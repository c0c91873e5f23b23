using UserOrder.ManifestRunner.Processes;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>As whom a server runs that refuses to run as root, as PostgreSQL does.</summary>
internal sealed class ServerIdentity
{
    /// <summary>The user that this process runs as, who is not root.</summary>
    public static readonly ServerIdentity Own = new([], null);

    private const string UserDatabase = "/etc/passwd";
    private const string PersistentTemporaryFolder = "/var/tmp";
    private const string StorageLink = "storage";

    private readonly IReadOnlyList<string> _prefix;
    private readonly string? _otherUser;

    private ServerIdentity(IReadOnlyList<string> prefix, string? otherUser)
    {
        _prefix = prefix;
        _otherUser = otherUser;
    }

    public static async Task<ServerIdentity> ChooseAsync(ProcessWatchdog watchdog, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return Own;
        }

        var user = File.ReadLines(UserDatabase).Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

        // In a user namespace the server sees another user, while its files stay root's: it can use a data folder
        // wherever root has one, also under /root, which no other user can enter.
        var renamed = new ServerIdentity(["unshare", "--user", $"--map-user={user}"], otherUser: null);
        var (exitCode, _) = await ChildProcess.RunAsync(renamed.Run("true", []), watchdog, cancellationToken);
        return exitCode == 0
            ? renamed
            : new ServerIdentity(["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups"], user);
    }

    public ProcessSpecification Run(string program, IReadOnlyList<string> arguments)
    {
        string[] command = [.. _prefix, program, .. arguments];
        return new ProcessSpecification(command[0], command[1..]);
    }

    /// <summary>Makes sure that the server can write into a folder.</summary>
    /// <param name="folder">The folder that this process's own user has for it.</param>
    /// <param name="run">Runs a program to its end.</param>
    /// <param name="cancellationToken">Cancels the preparation.</param>
    /// <returns>The folder itself, or what stands in for it where another user has to be able to reach it.</returns>
    public async Task<string> PrepareStorageAsync(
        string folder, Func<ProcessSpecification, CancellationToken, Task<string>> run, CancellationToken cancellationToken)
    {
        if (_otherUser is null)
        {
            return folder;
        }

        var link = new DirectoryInfo(Path.Combine(folder, StorageLink));
        if (!link.Exists)
        {
            var outside = Path.Combine(PersistentTemporaryFolder, $"userorder-{Guid.CreateVersion7():N}");
            var make = new ProcessSpecification("install", "--directory", $"--owner={_otherUser}", "--mode=700", outside);
            await run(make, cancellationToken);
            // A link whose target somebody has deleted.
            File.Delete(link.FullName);
            link.CreateAsSymbolicLink(outside);
        }

        return link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }
}
