using System.Globalization;
using System.Text.Json;

namespace UserOrder.AppHost.LocalServers;

/// <summary>The folder with the data of the local servers and the matching passwords. Only one AppHost at a time can use it.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "lock";
    private const string OwnerName = "owner";
    private const string PasswordsName = "passwords.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly string _path;
    private readonly Dictionary<string, string> _passwords;
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        _path = path;
        _lock = @lock;
        _passwords = File.Exists(PasswordsFile)
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(PasswordsFile))!
            : [];
    }

    private string PasswordsFile => Path.Combine(_path, PasswordsName);

    /// <exception cref="DistributedApplicationException">Another AppHost uses the folder, or it contains foreign files.</exception>
    public static DataFolder Open(string path, bool fresh)
    {
        CreatePrivate(path);
        if (Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(Path.Combine(path, LockName)))
        {
            throw new DistributedApplicationException(
                $"{path} contains files that no AppHost created. Choose another folder with --data.");
        }

        var held = Lock(path);
        if (fresh)
        {
            Clear(path);
        }

        return new DataFolder(path, held);
    }

    /// <summary>The folder that replaces a volume.</summary>
    public string For(string volume) => CreatePrivate(Path.Combine(_path, volume));

    /// <summary>The password that matches the data: the stored one, else the given one, else a generated one. It is then stored.</summary>
    public string Password(string name, string? given, ParameterDefault rule)
    {
        if (!_passwords.TryGetValue(name, out var password))
        {
            password = given ?? rule.GetDefaultValue();
            _passwords.Add(name, password);
            var written = $"{PasswordsFile}.new";
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var file = new FileStream(written, options))
            {
                JsonSerializer.Serialize(file, _passwords);
            }

            File.Move(written, PasswordsFile, overwrite: true);
        }

        return password;
    }

    /// <summary>Releases the folder for another AppHost.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        var owner = Path.Combine(path, OwnerName);
        try
        {
            var file = OpenLock(path);
            File.WriteAllText(owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return file;
        }
        catch (IOException exception)
        {
            var id = File.Exists(owner) ? File.ReadAllText(owner) : "unknown";
            throw new DistributedApplicationException(
                $"Another AppHost, process {id}, uses the data in {path}. Stop it, or choose another folder with --data.", exception);
        }
    }

    private static FileStream OpenLock(string folder) =>
        new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);

    /// <summary>Deletes everything but the lock, after the servers of the previous run have stopped.</summary>
    private static void Clear(string path)
    {
        foreach (var server in new DirectoryInfo(path).EnumerateDirectories())
        {
            using (WaitForLock(server.FullName))
            {
                // A link points to data that belongs to another user.
                foreach (var link in server.EnumerateDirectories().Where(folder => Directory.Exists(folder.LinkTarget)))
                {
                    Directory.Delete(link.LinkTarget!, recursive: true);
                    link.Delete();
                }

                server.Delete(recursive: true);
            }
        }

        File.Delete(Path.Combine(path, PasswordsName));
    }

    private static FileStream WaitForLock(string server)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return OpenLock(server);
            }
            catch (IOException exception) when (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new DistributedApplicationException($"A server of an earlier run still uses {server}. Stop it first.", exception);
            }
            catch (IOException)
            {
#pragma warning disable RS0030 // The graph is built synchronously, and nothing else can run before its folder is free.
                Thread.Sleep(Pause);
#pragma warning restore RS0030
            }
        }
    }

    private static string CreatePrivate(string path) => Directory.CreateDirectory(path, OwnerOnly).FullName;
}
