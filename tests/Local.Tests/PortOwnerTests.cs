namespace Bookinfo.Local.Tests;

/// <summary>Which process is named when a port is taken.</summary>
public sealed class PortOwnerTests : IDisposable
{
    private const int Port = 9999;
    private const string Socket = "socket:[4711]";

    private readonly DirectoryInfo _proc = Directory.CreateTempSubdirectory("bookinfo proc ");

    public PortOwnerTests()
    {
        _proc.CreateSubdirectory("net");
        // 270F is the port, 0A the state of one who listens.
        File.WriteAllText(
            Path.Combine(_proc.FullName, "net", "tcp6"),
            "  sl  local_address remote_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode\n"
            + "   0: 00000000000000000000000001000000:270F 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 "
            + "00000000     0        0 4711 1 0000000000000000 100 0 0 10 0\n");
    }

    public void Dispose() => _proc.Delete(recursive: true);

    [Fact]
    public void Of_a_process_and_what_it_has_forked_the_oldest_is_the_owner()
    {
        // Ids begin anew when they are used up, so that the younger process has the lower one.
        AddProcess(812, "nginx: worker process", startedAt: 5000, Socket);
        AddProcess(30397, "/usr/sbin/nginx", startedAt: 4000, Socket);
        AddProcess(31000, "nginx: worker process", startedAt: 5001, Socket);
        AddProcess(100, "older (but) something else", startedAt: 1, "socket:[4712]");

        Assert.Equal(new PortOwner(30397, "nginx"), PortOwner.Find(Port, _proc.FullName));
    }

    [Fact]
    public void A_port_on_which_nobody_listens_has_no_owner()
    {
        AddProcess(812, "nginx", startedAt: 5000, Socket);

        Assert.Null(PortOwner.Find(Port + 1, _proc.FullName));
    }

    private void AddProcess(int pid, string command, long startedAt, string file)
    {
        var directory = _proc.CreateSubdirectory($"{pid}");
        var files = directory.CreateSubdirectory("fd");
        File.CreateSymbolicLink(Path.Combine(files.FullName, "0"), "/dev/null");
        File.CreateSymbolicLink(Path.Combine(files.FullName, "7"), file);
        File.WriteAllText(Path.Combine(directory.FullName, "cmdline"), $"{command}\0-g\0");
        File.WriteAllText(
            Path.Combine(directory.FullName, "stat"),
            $"{pid} ({command}) S 1 {pid} {pid} 0 -1 4194560 1163 0 0 0 1 0 0 0 20 0 1 0 {startedAt} 11362304 1500 18446744073709551615\n");
    }
}
