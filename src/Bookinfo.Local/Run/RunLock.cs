using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>
/// Keeps the logs of a run, which go by the port of its page, from a second run: of two that begin in the same moment, both find the ports
/// free.
/// </summary>
public sealed class RunLock : IDisposable
{
    /// <summary>
    /// How .NET reports a lock that somebody has: EAGAIN of Linux, that of macOS, and ERROR_SHARING_VIOLATION of Windows.
    /// </summary>
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    private const string FileName = "up.lock";

    /// <summary>How long another process may hold it that only looks whether it is held.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes it, as long as it is not disposed; when this process ends in whatever way, it is free again.</summary>
    /// <param name="tree">Where things are.</param>
    /// <param name="port">The port of the page.</param>
    /// <exception cref="OperationFailedException">Another run has it, or it cannot be written.</exception>
    public static RunLock Take(SourceTree tree, int port)
    {
        var logs = tree.Logs(port);
        try
        {
            Directory.CreateDirectory(logs);
            var path = Path.Combine(logs, FileName);
            // Who only looks has let go of it in a moment.
            SpinWait.SpinUntil(() => !IsHeld(path), Look);
            return new RunLock(Open(path));
        }
        catch (UnauthorizedAccessException)
        {
            throw new OperationFailedException(
                FailureKind.Failed,
                $"'{logs}' cannot be written to. After a run with sudo, which leaves files of root there, "
                + "'sudo chown -R \"$USER\" artifacts' in the working copy helps.");
        }
        catch (IOException exception) when (Held.Contains(exception.HResult))
        {
            throw new OperationFailedException(
                FailureKind.PortTaken,
                $"port {port}, which productpage needs, belongs to another 'bookinfo up' of this working copy. "
                + "Stop that or choose another port with --port.");
        }
    }

    /// <summary>Finds the runs that have theirs.</summary>
    /// <param name="tree">Where things are.</param>
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
            if (File.Exists(path))
            {
                Open(path).Dispose();
            }

            return false;
        }
        catch (IOException exception) when (Held.Contains(exception.HResult))
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // Somebody else's run, which is not for this user to know of.
            return false;
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
