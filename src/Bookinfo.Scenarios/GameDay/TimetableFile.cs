using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>Reads the timetable of a game day that was written to a file.</summary>
public static class TimetableFile
{
    /// <summary>Far more than the longest game day has, in MiB.</summary>
    private const int MostMebibytes = 16;

    /// <summary>Reads the timetable in a file.</summary>
    /// <param name="option">The option that names the file.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="OperationFailedException">It cannot be read, or is something else.</exception>
    public static Timetable Read(string option, string file)
    {
        try
        {
            var text = InputFile.ReadText(file, MostMebibytes);
            var timetable = JsonSerializer.Deserialize(text, TimetableJson.Default.Timetable) ?? throw new JsonException("it is null");
            return timetable.Version != Timetable.CurrentVersion
                ? throw Failure($"'{file}' is of version {timetable.Version}, and this program reads {Timetable.CurrentVersion}.")
                : timetable.Entries.FirstOrDefault(entry => !entry.IsConsistent) is { } entry
                ? throw new JsonException($"'{entry.Scenario}' must have begun before it ended")
                : timetable;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure($"the file '{file}' cannot be read: {exception.Message.TrimEnd('.')}.");
        }
        catch (JsonException exception)
        {
            throw Failure(
                $"'{file}' is not a timetable as 'bookinfo scenario schedule --file' writes it: {exception.Message.TrimEnd('.')}.");
        }

        OperationFailedException Failure(string why) => new(FailureKind.InvalidRequest, $"{option}: {why}");
    }
}
