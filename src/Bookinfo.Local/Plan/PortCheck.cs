using System.Net;
using System.Net.Sockets;
using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>Whether the ports that a run needs are free.</summary>
public static class PortCheck
{
    /// <summary>Checks all ports, on both loopbacks, before anything is started.</summary>
    /// <param name="plan">What is to run.</param>
    /// <exception cref="OperationFailedException">A port is taken: the line names it, who needs it, who has it, and what to do.</exception>
    public static void RequireFree(LocalPlan plan)
    {
        List<NeededPort> needed =
        [
            .. plan.Services.Select(service => new NeededPort(service.Port, service.Name, OptionOf(service.Version.Service))),
            .. plan.Services.Where(service => service.ManagementPort is not null).Select(service => new NeededPort(
                service.ManagementPort!.Value, $"{service.Name} (to take faults)", "--management-port")),
        ];
        if (needed.Find(port => IsForbidden(port.Port)) is { } forbidden)
        {
            throw new OperationFailedException(
                FailureKind.PortTaken,
                $"port {forbidden.Port}, which {forbidden.By} needs, is one that you are not allowed to listen on: choose another one, "
                + $"1024 or above, with {forbidden.Option}.");
        }

        var taken = needed.Where(port => !IsFree(port.Port)).ToList();
        if (taken.Count == 0)
        {
            return;
        }

        var first = taken[0];
        var owner = PortOwner.Find(first.Port) is { } found ? $"{found.Name} (pid {found.Pid})" : "another process";
        var others = taken.Count == 1
            ? ""
            : $"; so {(taken.Count == 2 ? "is" : "are")} {WordList.And(taken.Skip(1).Select(port => $"{port.Port}"))}";
        var options = taken.Select(port => port.Option)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Reverse()
            .ToList();
        throw new OperationFailedException(
            FailureKind.PortTaken,
            $"port {first.Port}, which {first.By} needs, is taken by {owner}{others}. Stop that process or choose {Another(options)} "
            + $"with {WordList.And(options)}.");
    }

    /// <summary>Whether nothing listens on a port, neither on 127.0.0.1 nor on ::1.</summary>
    /// <param name="port">The port.</param>
    public static bool IsFree(int port) => IsFree(IPAddress.Loopback, port) && IsFree(IPAddress.IPv6Loopback, port);

    private static bool IsForbidden(int port) => TryListen(IPAddress.Loopback, port) == SocketError.AccessDenied;

    // A machine without IPv6, or one that forbids ports below 1024: not a port that somebody has.
    private static bool IsFree(IPAddress address, int port) => TryListen(address, port) != SocketError.AddressAlreadyInUse;

    private static SocketError TryListen(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    private static string OptionOf(string service) => service switch
    {
        "productpage" => "--port",
        PrometheusProcess.Name => "--prometheus-port",
        DashboardProcess.Name => "--dashboard-port",
        _ => "--backend-port",
    };

    private static string Another(List<string> options) =>
        options is ["--prometheus-port" or "--dashboard-port"] ? "another port" : "other ports";

    /// <summary>A port that a run needs.</summary>
    /// <param name="Port">The port.</param>
    /// <param name="By">Who needs it.</param>
    /// <param name="Option">The option that chooses it.</param>
    private sealed record NeededPort(int Port, string By, string Option);
}
