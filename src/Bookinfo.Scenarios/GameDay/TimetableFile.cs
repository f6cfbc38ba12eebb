using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>Reads the timetable of a game day that was written to a file.</summary>
public static class TimetableFile
{
    /// <summary>Far more than the longest game day has, in MiB.</summary>
    private const int MostMebibytes = 16;

    /// <summary>Far more requests than a fault is injected into, and few enough to be added up.</summary>
    private const long MostRequests = 1_000_000_000_000;

    /// <summary>From when on a game day may be, and until when: what is added to its times must be a date.</summary>
    private static readonly (DateTimeOffset From, DateTimeOffset To) Possible = (
        DateTimeOffset.UnixEpoch, new DateTimeOffset(3000, 1, 1, 0, 0, 0, TimeSpan.Zero));

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
                : FindProblem(timetable) is { } problem
                ? throw new JsonException(problem)
                : timetable;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure($"the file '{file}' cannot be read: {exception.Message.TrimEnd('.')}.");
        }
        catch (JsonException exception)
        {
            throw Failure(
                $"'{file}' is not a timetable as 'bookinfo scenario schedule --file' writes it: {JsonFailure.Describe(exception)}.");
        }

        OperationFailedException Failure(string why) => new(FailureKind.InvalidRequest, $"{option}: {why}");
    }

    /// <summary>What is wrong with what was read. The reader of JSON takes <c>null</c> in a list, and any time and number.</summary>
    private static string? FindProblem(Timetable timetable)
    {
        static bool IsPossible(DateTimeOffset time) => time >= Possible.From && time < Possible.To;
        foreach (var entry in timetable.Entries)
        {
            if (entry is null || entry.Symptoms.Contains(null!) || entry.Injected.Contains(null!))
            {
                return "there is a null in a list";
            }

            if (!entry.IsConsistent)
            {
                return $"'{entry.Scenario}' must have begun before it ended";
            }

            if (!entry.Times.All(IsPossible))
            {
                return $"'{entry.Scenario}' has a time that cannot be";
            }

            if (entry.Injected.Any(fault => fault.Injected is < 0 or > MostRequests || fault.Matched is < 0 or > MostRequests))
            {
                return $"'{entry.Scenario}' has a number of requests that cannot be";
            }
        }

        return IsPossible(timetable.BeginsAt) ? null : "it begins at a time that cannot be";
    }
}
