using System.Security.Cryptography;
using System.Text;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>
/// Keeps two baselines from measuring the same application at the same time from this machine: each would be a part of what the other
/// measures, and nothing in the figures would show it. Whoever measures from another machine is not noticed.
/// </summary>
internal sealed class MeasurementLock : IDisposable
{
    /// <summary>The option that does without.</summary>
    public const string Option = "--shared";

    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.StickyBit;

    private readonly List<FileStream> _files = [];

    private MeasurementLock()
    {
    }

    /// <summary>Takes the locks of everything that is to be measured.</summary>
    /// <param name="subjects">What is to be measured.</param>
    /// <exception cref="OperationFailedException">Another process measures one of them.</exception>
    public static MeasurementLock Take(IReadOnlyList<ISubject> subjects)
    {
        var taken = new MeasurementLock();
        try
        {
            foreach (var (key, name) in subjects.SelectMany(PlacesOf).DistinctBy(place => place.Key))
            {
                if (taken.TryAdd(key))
                {
                    continue;
                }

                throw new OperationFailedException(
                    FailureKind.Failed,
                    $"another 'bookinfo baseline' on this machine measures {name} now, and each would be a part of what the other "
                    + $"measures. Wait until it is done, or say {Option} to measure all the same.");
            }

            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    /// <summary>
    /// What a subject is known by: host and port, and for pods their namespace, as the way to them may be a port that differs each time.
    /// </summary>
    private static IEnumerable<(string Key, string Name)> PlacesOf(ISubject subject)
    {
        var target = subject.Target;
        var host = Loopback.Is(target) ? "localhost" : target.Host;
        yield return ($"{host}:{target.Port}", target.GetLeftPart(UriPartial.Authority));
        if (subject is ClusterSubject { Cluster.Config.Client.Host: var cluster, Namespace: var space })
        {
            yield return ($"{space} {cluster}", $"namespace {space} of {cluster}");
        }
    }

    /// <summary>Takes a lock. If no lock file can be made, it does without: nobody should be kept from measuring by that.</summary>
    /// <returns>Whether nobody else has it.</returns>
    private bool TryAdd(string key)
    {
        try
        {
            var directory = Path.Combine(Path.GetTempPath(), "bookinfo-baseline");
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(directory);
                if (!OperatingSystem.IsWindows())
                {
                    // Other users of this machine measure as well.
                    File.SetUnixFileMode(directory, Everybody);
                }
            }

            var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
            if (FileLock.TryTake(Path.Combine(directory, $"{name[..32]}.lock"), FileAccess.Read) is not { } file)
            {
                return false;
            }

            _files.Add(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Such as a directory for temporary files that is read-only.
        }

        return true;
    }
}
