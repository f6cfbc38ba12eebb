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

    private readonly Lock _reading = new();
    private ITimer? _timer;
    private string? _last;
    private string? _problem;
    private byte[]? _bytes;

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
            Apply(Read());
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

    private string Read()
    {
        try
        {
            using var file = File.OpenRead(path);
            // A device has no length, and may have no end.
            _bytes ??= new byte[LargestFile + 1];
            var length = file.ReadAtLeast(_bytes, _bytes.Length, throwOnEndOfStream: false);
            return length <= LargestFile
                ? Encoding.UTF8.GetString(_bytes, 0, length).TrimStart('\uFEFF')
                : throw new InvalidFaultException("the file", $"must have at most {LargestFile} bytes");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "";
        }
    }
}
