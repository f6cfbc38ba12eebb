using System.Buffers;
using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Follows the file with rules. It is read once a second: a mounted ConfigMap changes by a link that is replaced, which not every kind of
/// watching notices. A file that is missing or empty has no rules. One that is not allowed is logged, and the rules before it stay.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="board">Where its rules are set.</param>
/// <param name="service">The service.</param>
/// <param name="logger">The log.</param>
internal sealed class FaultFile(
    string path, FaultBoard board, ServiceDefinition service, TimeProvider time, ILogger<FaultFile> logger) : IDisposable
{
    /// <summary>The name of its set of rules.</summary>
    public const string SetName = "file";

    /// <summary>The most bytes of the file, 256 KiB.</summary>
    public const int LargestFile = 256 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a look waits for a file without a length: an empty one is read by then.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private static readonly (string Target, DateTime Written, long Length) Missing = ("", default, -1);

    private readonly Lock _reading = new();
    private ITimer? _timer;
    private string? _last;
    private string? _problem;
    private (string Target, DateTime Written, long Length) _pendingOf;
    private Task<string>? _pending;
    private long _began;

    /// <summary>Reads the file for the first time, and follows it from then on.</summary>
    /// <exception cref="InvalidSettingException">It cannot be read, or is not allowed.</exception>
    public void Start()
    {
        try
        {
            Apply(SettingFile.InTime(Read, time));
        }
        catch (Exception exception) when (exception is InvalidFaultException or IOException or UnauthorizedAccessException)
        {
            throw NotAllowed(exception.Message.TrimEnd('.'));
        }

        _timer = time.CreateTimer(static file => ((FaultFile)file!).Look(), this, Interval, Interval);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private InvalidSettingException NotAllowed(string reason) =>
        new(SettingNames.FaultsFile, path, $"the path of a JSON list of rules; {reason}");

    private void Look()
    {
        // A mount that hangs must not hold up a thread each second.
        if (!_reading.TryEnter())
        {
            return;
        }

        try
        {
            if (Follow() is { } text)
            {
                Apply(text);
            }
        }
        catch (Exception exception) when (exception is InvalidFaultException or IOException or UnauthorizedAccessException)
        {
            if (exception.Message != _problem)
            {
                LogEvents.FaultsRefused(logger, path, exception.Message);
            }

            _problem = exception.Message;
        }
        finally
        {
            _reading.Exit();
        }
    }

    private void Apply(string text)
    {
        if (text == _last)
        {
            _problem = null;
            return;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            board.Remove(SetName, FaultSource.File);
        }
        else
        {
            var rules = FaultRuleReader.Read(text);
            foreach (var problem in FaultReach.FindProblems(rules, FaultRuleReader.Root, service))
            {
                // Several services may share the file.
                LogEvents.FaultNeverMatches(logger, path, problem.Message);
            }

            board.Set(SetName, FaultSource.File, rules);
        }

        (_last, _problem) = (text, null);
    }

    /// <summary>
    /// Reads the file as it is now. What has no length may be empty, or a pipe, reading which waits for somebody who writes. Such a read is
    /// left behind, and there is none after it before another file is in the place of that one.
    /// </summary>
    /// <returns>Its text; <see langword="null"/> while it is not known.</returns>
    /// <exception cref="IOException">It takes too long.</exception>
    private string? Follow()
    {
        var file = Identity();
        if (file.Length != 0)
        {
            return Read();
        }

        if (_pending is null || file != _pendingOf)
        {
            (_pending, _pendingOf, _began) = (Task.Run(Read), file, time.GetTimestamp());
            // Whatever comes of it is thrown below, as it is.
            Task.WaitAny([_pending], Moment);
        }

        if (_pending.IsCompleted)
        {
            var read = _pending;
            _pending = null;
            return read.GetAwaiter().GetResult();
        }

        return time.GetElapsedTime(_began) < SettingFile.Patience ? null : throw SettingFile.TooSlow();
    }

    /// <summary>What is known of the file without opening it, which for a pipe would wait.</summary>
    private (string Target, DateTime Written, long Length) Identity()
    {
        try
        {
            var file = new FileInfo(path);
            // A link exists even if what it leads to does not.
            file = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file : file;
            return file.Exists ? (file.FullName, file.LastWriteTimeUtc, file.Length) : Missing;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // It is gone since.
            return Missing;
        }
    }

    private string Read()
    {
        var bytes = ArrayPool<byte>.Shared.Rent(LargestFile + 1);
        try
        {
            using var file = File.OpenRead(path);
            // A device has no length, and may have no end.
            var length = file.ReadAtLeast(bytes.AsSpan(0, LargestFile + 1), LargestFile + 1, throwOnEndOfStream: false);
            return length <= LargestFile
                ? Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\uFEFF')
                : throw new InvalidFaultException("the file", $"must have at most {LargestFile} bytes");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
