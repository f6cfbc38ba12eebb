using System.Text.Json;
using Bookinfo.Measurement;

namespace Bookinfo.Bench;

/// <summary>The results of a run, as they are kept.</summary>
/// <param name="Schema">The version of this form: 1.</param>
/// <param name="MeasuredAt">When it was measured.</param>
/// <param name="Machine">Where.</param>
/// <param name="Commit">
/// What was measured: the commit, with '+' where something in the working copy was not committed; empty where there is no git.
/// </param>
/// <param name="Tools">The versions of what was measured with, and against.</param>
/// <param name="Figures">What came out.</param>
internal sealed record BenchFile(
    int Schema, DateTimeOffset MeasuredAt, MachineFacts Machine, string Commit, IReadOnlyList<string> Tools, IReadOnlyList<Series> Figures)
{
    /// <summary>The version of the form that is written and read.</summary>
    public const int CurrentSchema = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="BenchException">It is not there or not readable.</exception>
    public static BenchFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<BenchFile>(File.ReadAllText(path), Options) is { Schema: CurrentSchema } file
                ? file
                : throw new BenchException($"{path} is of another version of this program: run bench/run.sh to write it anew.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new BenchException($"{path} cannot be read: {exception.Message} Run bench/run.sh to write it.");
        }
    }

    /// <summary>Writes the results as JSON.</summary>
    /// <param name="path">The file.</param>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Options) + "\n");

    /// <summary>A figure, or <see langword="null"/> when it was not measured.</summary>
    /// <param name="name">Its name.</param>
    public Series? Find(string name) => Figures.FirstOrDefault(figure => figure.Name == name);
}
