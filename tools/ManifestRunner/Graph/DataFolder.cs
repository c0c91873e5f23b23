using System.Globalization;

namespace UserOrder.ManifestRunner.Graph;

/// <summary>
/// The folder that holds everything a graph writes: databases, messages, logs and generated passwords. Only one
/// runner at a time has it, and only a folder that a runner made is ever used or emptied.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string MarkerName = ".manifest-runner";
    private const string LockName = ".lock";
    private const string OwnerName = ".owner";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataFolder(string path, bool temporary, FileStream @lock)
    {
        FullPath = path;
        IsTemporary = temporary;
        _lock = @lock;
    }

    public string FullPath { get; }

    /// <summary>Whether the folder ends with the graph.</summary>
    public bool IsTemporary { get; }

    public string ParametersFile => Path.Combine(FullPath, "parameters.json");

    public string LogFolder => Path.Combine(FullPath, "logs");

    /// <exception cref="RunnerException">Another runner has the folder, or it holds what no runner put there.</exception>
    public static DataFolder Open(string path, bool fresh)
    {
        var folder = Acquire(Path.GetFullPath(path), temporary: false);
        if (fresh)
        {
            folder.Clear();
        }

        return folder;
    }

    public static DataFolder CreateTemporary() => Acquire(Directory.CreateTempSubdirectory("userorder-").FullName, temporary: true);

    /// <summary>
    /// The folder of one resource, created if it is missing. A link to a folder in it means that the resource has to
    /// keep that folder elsewhere; it belongs to the data nevertheless.
    /// </summary>
    public string For(string resource) => CreatePrivate(Path.Combine(FullPath, "resources", resource));

    public string LogFile(string resource) => Path.Combine(CreatePrivate(LogFolder), $"{resource}.log");

    public void Dispose()
    {
        if (IsTemporary)
        {
            Clear();
            Directory.Delete(FullPath, recursive: true);
        }

        _lock.Dispose();
    }

    private static DataFolder Acquire(string path, bool temporary)
    {
        CreatePrivate(path);
        var marker = Path.Combine(path, MarkerName);
        if (!File.Exists(marker))
        {
            if (Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new RunnerException(
                    $"{path} holds files that this runner did not make, so it is left alone. Choose another folder with --data.");
            }

            File.WriteAllText(marker, "The ManifestRunner made this folder; with --fresh it deletes everything in it.\n");
        }

        return new DataFolder(path, temporary, Lock(path));
    }

    private static FileStream Lock(string path)
    {
        // Apart from the locked file, which nobody else can even read.
        var owner = Path.Combine(path, OwnerName);
        try
        {
            var file = new FileStream(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            File.WriteAllText(owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return file;
        }
        catch (IOException exception)
        {
            var processId = File.Exists(owner) ? File.ReadAllText(owner) : "unknown";
            throw new RunnerException(
                $"{path} is in use by another runner, process {processId}. Stop that one, or choose another folder with --data.",
                exception);
        }
    }

    private void Clear()
    {
        foreach (var outside in FoldersKeptOutside())
        {
            Directory.Delete(outside, recursive: true);
        }

        var entries = new DirectoryInfo(FullPath).EnumerateFileSystemInfos();
        foreach (var entry in entries.Where(entry => entry.Name is not (MarkerName or LockName or OwnerName)))
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    private IEnumerable<string> FoldersKeptOutside()
    {
        var resources = new DirectoryInfo(Path.Combine(FullPath, "resources"));
        return resources.Exists
            ? [.. resources.EnumerateDirectories()
                .SelectMany(resource => resource.EnumerateDirectories())
                .Select(folder => folder.LinkTarget)
                .OfType<string>()
                .Where(Directory.Exists)]
            : [];
    }

    private static string CreatePrivate(string path) => Directory.CreateDirectory(path, OwnerOnly).FullName;
}
