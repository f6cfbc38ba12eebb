using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>
/// What a run tells other commands about itself, in a file beside its lock. It has no secrets: others may put it into files of their own.
/// </summary>
/// <param name="Program">The version of the program that runs it.</param>
/// <param name="Variables">
/// For each service, by its name, the environment variables that differ from the usual ones, as
/// <see cref="Measurement.UnusualVariables"/> says.
/// </param>
/// <param name="Management">For each service, by its name, the port on the loopback where it takes faults.</param>
/// <param name="Prometheus">The address of the Prometheus beside the services; <see langword="null"/> when none runs.</param>
/// <param name="Dashboard">The address of the Aspire dashboard beside them; <see langword="null"/> when none runs.</param>
/// <param name="OtlpPort">The port where the dashboard takes telemetry; <see langword="null"/> when none runs.</param>
/// <param name="Ports">
/// For each service, by its name, the port where it is asked; <see langword="null"/> in what an earlier version has written.
/// </param>
public sealed record RunRecord(
    string Program,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Variables,
    IReadOnlyDictionary<string, int> Management,
    Uri? Prometheus,
    Uri? Dashboard = null,
    int? OtlpPort = null,
    IReadOnlyDictionary<string, int>? Ports = null)
{
    private const string FileName = "up.json";

    /// <summary>Reads that of a run.</summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="page">The page of the run.</param>
    /// <returns>
    /// <see langword="null"/> when the page is on another machine, no run of this working copy has its port, or the record cannot be read.
    /// </returns>
    public static RunRecord? Read(SourceTree tree, Uri page) => Loopback.Is(page) ? Read(tree, page.Port) : null;

    private static RunRecord? Read(SourceTree tree, int port)
    {
        // A run that was killed leaves its file.
        if (!RunLock.FindHeld(tree).Contains(port))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(PathOf(tree, port)), RunRecordJson.Default.RunRecord);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // Of another version, or just being written.
            return null;
        }
    }

    /// <summary>
    /// The ports that other runs of this working copy have chosen, for management and OTLP; on some of them nothing may listen yet.
    /// </summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="port">The port of the page of the run that asks.</param>
    public static IReadOnlySet<int> ReadPortsOfOthers(SourceTree tree, int port) => RunLock.FindHeld(tree)
        .Where(other => other != port)
        .Select(other => Read(tree, other))
        .OfType<RunRecord>()
        .SelectMany(record => record.OtlpPort is { } otlp ? record.Management.Values.Append(otlp) : record.Management.Values)
        .ToHashSet();

    /// <summary>Writes it, in place of that of an earlier run.</summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="port">The port of the page, whose lock this process holds.</param>
    /// <exception cref="OperationFailedException">It cannot be written.</exception>
    public void Write(SourceTree tree, int port)
    {
        var path = PathOf(tree, port);
        try
        {
            File.WriteAllText(path, JsonSerializer.Serialize(this, RunRecordJson.Default.RunRecord));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationFailedException(FailureKind.Failed, $"'{path}' cannot be written: {exception.Message}");
        }
    }

    /// <summary>Reads that of a run that has to be there.</summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="page">The page of the run.</param>
    /// <exception cref="OperationFailedException">No run of this working copy has it, or its record cannot be read.</exception>
    public static RunRecord Require(SourceTree tree, Uri page) => Read(tree, page) ?? throw new OperationFailedException(
        FailureKind.NotDeployed,
        $"no 'bookinfo up' of this working copy runs at {page.GetLeftPart(UriPartial.Authority)}: start it, or name the namespace of a "
        + "deployment with --namespace.");

    /// <summary>The management port of a service; <see langword="null"/> when the run has no such service.</summary>
    /// <param name="service">Its name, with its version.</param>
    public Uri? ManagementOf(string service) =>
        Management.TryGetValue(service, out var port) ? new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri : null;

    private static string PathOf(SourceTree tree, int port) => Path.Combine(tree.Logs(port), FileName);
}

/// <summary>How <see cref="RunRecord"/> is serialized.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunRecordJson : JsonSerializerContext;
