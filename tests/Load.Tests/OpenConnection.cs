using System.Net.NetworkInformation;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Load.Tests;

/// <summary>A connection that is opened ahead of time, as those of a run are.</summary>
internal static class OpenConnection
{
    /// <summary>Opens one, and sends a request on it when something has happened to it.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="meanwhile">Waits for that.</param>
    public static async Task<(ErrorKind Error, HttpAnswer Answer, HttpConnection Connection)> ExchangeAsync(
        LoadTarget target, Func<Task> meanwhile)
    {
        using var connection = new HttpConnection(target, TimeProvider.System);
        var answer = new HttpAnswer(AnswerModel.None);
        var request = new RequestTemplate(RequestKind.Path, target.Host, "/x", []);
        Assert.Equal(ErrorKind.None, connection.Open(Deadline));
        await meanwhile();
        // One that was opened just now is not looked at.
        await LoadServer.HoldAsync(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        return (connection.Exchange(request.Write(default, new byte[request.Length]), answer, Deadline), answer, connection);
    }

    /// <summary>Waits until the system knows that the other side has closed a connection to a port.</summary>
    public static Task WasClosedAsync(int port) => Eventually.HoldsAsync(
        "the end of the connection",
        () => IPGlobalProperties.GetIPGlobalProperties()
            .GetActiveTcpConnections().Any(connection => connection.RemoteEndPoint.Port == port && connection.State == TcpState.CloseWait));

    private static long Deadline => TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency);
}
