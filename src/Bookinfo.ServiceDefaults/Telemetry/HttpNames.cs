using System.Globalization;
using Bookinfo.Contracts;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// The names that requests are told apart by, drawn from closed sets wherever a visitor could otherwise make up a new one.
/// </summary>
internal static class HttpNames
{
    /// <summary>What stands for every method that is not known.</summary>
    public const string OtherMethod = "_OTHER";

    private static readonly string[] StatusCodes =
    [
        .. Enumerable.Range(0, 1000).Select(code => code.ToString(CultureInfo.InvariantCulture)),
    ];

    private static readonly object[] StatusCodeValues = [.. Enumerable.Range(0, 1000).Cast<object>()];

    /// <summary>A method as it stands in labels: itself, or <see cref="OtherMethod"/>.</summary>
    /// <param name="method">The method of a request line, where case matters.</param>
    public static string Method(string method) => HttpMethodNames.Find(method) ?? OtherMethod;

    /// <summary>The version of HTTP, such as <c>1.1</c>.</summary>
    /// <param name="protocol">As the server has it, such as <c>HTTP/1.1</c>.</param>
    public static string ProtocolVersion(string protocol) => protocol switch
    {
        "HTTP/1.1" => "1.1",
        "HTTP/1.0" => "1.0",
        _ => "unknown",
    };

    /// <summary>A status code as text.</summary>
    /// <param name="code">0 to 999.</param>
    public static string StatusText(int code) => StatusCodes[code];

    /// <summary>A status code as the value of an attribute, made once.</summary>
    /// <param name="code">0 to 999.</param>
    public static object StatusValue(int code) => StatusCodeValues[code];
}
