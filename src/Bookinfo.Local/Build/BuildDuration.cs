using System.Globalization;

namespace Bookinfo.Local;

/// <summary>How long a build took the last time, in a file with the seconds.</summary>
/// <param name="file">The path of the file.</param>
internal sealed class BuildDuration(string file)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Reads how long the last build took.</summary>
    /// <returns><see langword="null"/> when there was no build yet, or the file does not hold a duration of up to a day.</returns>
    public TimeSpan? Read()
    {
        try
        {
            return double.TryParse(File.ReadAllText(file), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                && seconds > 0 && seconds < Longest.TotalSeconds
                    ? TimeSpan.FromSeconds(seconds)
                    : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps it for the next time.</summary>
    /// <param name="duration">How long the build took.</param>
    public void Write(TimeSpan duration) =>
        File.WriteAllText(file, duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture));
}
