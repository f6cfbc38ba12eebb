using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;

namespace Bookinfo.Cli.Views;

/// <summary>What <c>status</c> shows to people: several tables, because one would be too wide for a terminal.</summary>
internal static class StatusTables
{
    private const string Unknown = "-";

    /// <summary>Formats a report as lines of text.</summary>
    /// <param name="report">What to show.</param>
    /// <param name="width">How many characters fit in a line.</param>
    public static IEnumerable<string> Format(StatusReport report, int width)
    {
        TextTable[] tables = [Pods(report.Pods), Resources(report.Pods), Images(report.Pods), Services(report.Services)];
        foreach (var (index, table) in tables.Index())
        {
            if (index > 0)
            {
                yield return "";
            }

            foreach (var line in table.Format(width).SelectMany(row => row))
            {
                yield return line;
            }
        }

        var room = Math.Max(width, TerminalDevice.LeastWidth);
        foreach (var note in report.Notes)
        {
            yield return "";
            foreach (var line in TextCut.Lines(note, room, room))
            {
                yield return line;
            }
        }
    }

    private static TextTable Pods(IEnumerable<PodState> pods)
    {
        var table = new TextTable("POD", ">READY", "STATUS", ">RESTARTS", ">AGE", "NODE");
        foreach (var pod in pods)
        {
            table.Add(
                pod.Name, $"{pod.Ready}/{pod.Containers}", pod.Status, Number(pod.Restarts), Age(pod.AgeSeconds), pod.Node ?? Unknown);
        }

        return table;
    }

    private static TextTable Resources(IEnumerable<PodState> pods)
    {
        var table = new TextTable("POD", ">CPU", ">REQUEST", ">MEMORY", ">REQUEST", ">LIMIT");
        foreach (var pod in pods)
        {
            table.Add(
                pod.Name, Cores(pod.CpuUse), Cores(pod.CpuRequest), Bytes(pod.MemoryUse), Bytes(pod.MemoryRequest), Bytes(pod.MemoryLimit));
        }

        return table;
    }

    private static TextTable Images(IEnumerable<PodState> pods)
    {
        var table = new TextTable("POD", ">START-UP", ">PULLED", ">SIZE", "IMAGE");
        foreach (var pod in pods)
        {
            table.Add(
                pod.Name,
                StartUp(pod.StartUpSeconds),
                pod.ImagePullSeconds is { } pull
                    ? Duration.Format(TimeSpan.FromSeconds(pull))
                    : pod.ImagePresent == true ? "present" : Unknown,
                Bytes(pod.ImageBytes),
                // Without the registry, which is long and the same for all; JSON has it.
                pod.Image?.Split('/')[^1] ?? Unknown);
        }

        return table;
    }

    private static TextTable Services(IEnumerable<ServiceEntry> services)
    {
        var table = new TextTable("SERVICE", "TYPE", "CLUSTER-IP", "PORTS");
        foreach (var service in services)
        {
            table.Add(service.Name, service.Type, service.ClusterIP, string.Join(',', service.Ports));
        }

        return table;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Age(double seconds) =>
        seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0}s") : Duration.Format(TimeSpan.FromSeconds(seconds));

    // 0 is the difference of two times that the cluster gives in whole seconds.
    private static string StartUp(double? seconds) => seconds switch
    {
        null => Unknown,
        0 => "< 1 s",
        { } known => string.Create(CultureInfo.InvariantCulture, $"{known:0.##} s"),
    };

    private static string Cores(double? cores) =>
        cores is { } known ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(known * 1000)}m") : Unknown;

    private static string Bytes(double? bytes) => bytes is { } known ? ByteSize.Format(known) : Unknown;
}
