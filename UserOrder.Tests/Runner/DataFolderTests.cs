using UserOrder.ManifestRunner;
using UserOrder.ManifestRunner.Graph;

namespace UserOrder.Tests.Runner;

public sealed class DataFolderTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("data-folder-");

    private string Path => System.IO.Path.Combine(_parent.FullName, "data");

    public void Dispose() => _parent.Delete(recursive: true);

    [Fact]
    public void What_a_resource_keeps_is_there_the_next_time()
    {
        string file;
        using (var folder = DataFolder.Open(Path, fresh: false))
        {
            file = System.IO.Path.Combine(folder.For("broker"), "messages");
            File.WriteAllText(file, "kept");
        }

        using (DataFolder.Open(Path, fresh: false))
        {
            Assert.Equal("kept", File.ReadAllText(file));
        }
    }

    [Fact]
    public void A_fresh_start_deletes_the_data_and_what_links_lead_to()
    {
        var outside = _parent.CreateSubdirectory("outside");
        using (var folder = DataFolder.Open(Path, fresh: false))
        {
            File.WriteAllText(folder.ParametersFile, "{}");
            Directory.CreateSymbolicLink(System.IO.Path.Combine(folder.For("server"), "storage"), outside.FullName);
        }

        using (var folder = DataFolder.Open(Path, fresh: true))
        {
            Assert.False(File.Exists(folder.ParametersFile));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder.For("server")));
            Assert.False(Directory.Exists(outside.FullName));
        }
    }

    [Fact]
    public void Only_the_owner_can_enter()
    {
        using var folder = DataFolder.Open(Path, fresh: false);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(Path).UnixFileMode);
    }

    [Fact]
    public void A_second_runner_is_refused_and_told_who_has_the_folder()
    {
        using var folder = DataFolder.Open(Path, fresh: false);

        var exception = Assert.Throws<RunnerException>(() => DataFolder.Open(Path, fresh: true));

        Assert.Contains($"process {Environment.ProcessId}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_that_no_runner_made_is_left_alone(bool fresh)
    {
        Directory.CreateDirectory(Path);
        var precious = System.IO.Path.Combine(Path, "precious");
        File.WriteAllText(precious, "");

        Assert.Throws<RunnerException>(() => DataFolder.Open(Path, fresh));
        Assert.Equal([precious], Directory.EnumerateFileSystemEntries(Path));
    }

    [Fact]
    public void A_temporary_folder_ends_with_its_graph()
    {
        string path;
        using (var folder = DataFolder.CreateTemporary())
        {
            path = folder.FullPath;
            folder.For("broker");
        }

        Assert.False(Directory.Exists(path));
    }
}
