using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>
/// Keeps the logs of a run, which go by the port of its page, from a second run: of two that begin in the same moment, both find the ports
/// free.
/// </summary>
public sealed class RunLock : IDisposable
{
    private const string FileName = "up.lock";

    private const string PortsFileName = "ports.lock";

    /// <summary>
    /// How long to go on trying to take it. A process that only looks whether it is held takes it for some microseconds, but may have to
    /// wait for a processor meanwhile.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly FileStream _file;

    /// <summary>How long to wait for another run that chooses its ports, which takes it some milliseconds.</summary>
    private static readonly TimeSpan PatienceForPorts = TimeSpan.FromSeconds(10);

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes it, as long as it is not disposed; when this process ends in whatever way, it is free again.</summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="port">The port of the page.</param>
    /// <exception cref="OperationFailedException">Another run has it, or it cannot be written.</exception>
    public static RunLock Take(SourceTree tree, int port)
    {
        var logs = tree.Logs(port);
        try
        {
            Directory.CreateDirectory(logs);
            FileStream? file = null;
            SpinWait.SpinUntil(() => (file = FileLock.TryTake(Path.Combine(logs, FileName))) is not null, Patience);
            return new RunLock(file ?? throw new OperationFailedException(
                FailureKind.PortTaken,
                $"port {port}, which productpage needs, belongs to another 'bookinfo up' of this working copy. "
                + "Stop that or choose another port with --port."));
        }
        catch (UnauthorizedAccessException)
        {
            throw new OperationFailedException(
                FailureKind.Failed,
                $"'{logs}' cannot be written to. After a run with sudo, which leaves files of root there, "
                + "'sudo chown -R \"$USER\" artifacts' in the working copy helps.");
        }
    }

    /// <summary>
    /// Takes the lock of this working copy that a run holds while it chooses its ports: of two that choose in the same moment, both would
    /// find the same ports free.
    /// </summary>
    /// <param name="tree">The working copy.</param>
    /// <returns>
    /// <see langword="null"/> when another run does not give it back, because it was suspended for example: the run then goes on without.
    /// </returns>
    public static RunLock? WaitForPorts(SourceTree tree)
    {
        var path = Path.Combine(tree.Logs(SourceTree.UsualPort), PortsFileName);
        FileStream? file = null;
        SpinWait.SpinUntil(() => (file = FileLock.TryTake(path)) is not null, PatienceForPorts);
        return file is null ? null : new RunLock(file);
    }

    /// <summary>Finds the runs that have theirs.</summary>
    /// <param name="tree">The working copy.</param>
    /// <returns>The ports of their pages, ascending.</returns>
    public static IReadOnlyList<int> FindHeld(SourceTree tree)
    {
        var logs = tree.Logs(SourceTree.UsualPort);
        if (!Directory.Exists(logs))
        {
            return [];
        }

        var others = Directory.GetDirectories(logs).Select(SourceTree.PortOfLogs).OfType<int>();
        return [.. others.Append(SourceTree.UsualPort).Where(port => IsHeld(Path.Combine(tree.Logs(port), FileName))).Order()];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static bool IsHeld(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return false;
            }

            using var file = FileLock.TryTake(path);
            return file is null;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            // Somebody else's run, which is not for this user to know of; or no lock at all, such as a link that leads to itself.
            return false;
        }
    }
}
