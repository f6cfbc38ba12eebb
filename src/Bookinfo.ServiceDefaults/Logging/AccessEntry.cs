using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>A line of the access log: a request that was answered.</summary>
/// <param name="method">The method.</param>
/// <param name="route">
/// The template of the route, such as <c>/details/{id?}</c>; <see langword="null"/> when the path belongs to none, or not with this method.
/// </param>
/// <param name="path">The path as it was sent, escaped, without the query.</param>
/// <param name="status">The status of the answer; 499 when the client had left.</param>
/// <param name="duration">How long it took.</param>
/// <param name="bytes">The length of the body of the answer.</param>
/// <param name="clientAddress">The address of the other end of the connection.</param>
/// <param name="userAgent">What the client calls itself.</param>
/// <param name="request">The request.</param>
internal sealed class AccessEntry(
    string method, string? route, string path, int status, TimeSpan duration, long bytes, string? clientAddress, string? userAgent,
    RequestRecord request)
    : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The event.</summary>
    public static readonly EventId Event = new(1, "RequestFinished");

    /// <summary>The method; only a known one, or fit for a log.</summary>
    public string Method => method;

    /// <summary>The template of the route.</summary>
    public string? Route => route;

    /// <summary>The path.</summary>
    public string Path => path;

    /// <summary>The status of the answer.</summary>
    public int Status => status;

    /// <summary>How long it took in milliseconds, to the microsecond.</summary>
    public double DurationMilliseconds => Math.Round(duration.TotalMilliseconds, 3);

    /// <summary>The length of the body of the answer.</summary>
    public long Bytes => bytes;

    /// <summary>The address of the other end of the connection.</summary>
    public string? ClientAddress => clientAddress;

    /// <summary>What the client calls itself.</summary>
    public string? UserAgent => userAgent;

    /// <summary>The request. The entry names it itself, so that no scope of the log has to be opened for every request.</summary>
    public RequestRecord Request => request;

    /// <inheritdoc/>
    public int Count => 9;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("method", method),
        1 => new("route", route),
        2 => new("path", path),
        3 => new("status", status),
        4 => new("duration_ms", DurationMilliseconds),
        5 => new("bytes", bytes),
        6 => new("client_address", clientAddress),
        7 => new("user_agent", userAgent),
        8 => request[0],
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The entry in words.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{method} {path} {status} {duration.TotalMilliseconds:F2} ms");
}
