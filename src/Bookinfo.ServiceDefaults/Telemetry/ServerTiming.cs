using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Bookinfo.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// How long the parts of an answer took, for the response header <c>Server-Timing</c> (https://www.w3.org/TR/server-timing/): the calls to
/// other services in milliseconds, in the order in which they began, and the total. Several calls may be under way at once.
/// </summary>
public sealed class ServerTiming
{
    /// <summary>The name of the header.</summary>
    internal const string Header = "Server-Timing";

    private const string Total = "total";

    /// <summary>The longest header of a backend that is read: what ours send is a tenth of it.</summary>
    private const int LongestHeader = 1024;

    private static readonly byte[][] TotalNames = [Encoding.Latin1.GetBytes(Total)];

    private readonly Lock _lock = new();
    private readonly List<TimedCall> _calls = [];

    /// <summary>Begins without any calls.</summary>
    /// <param name="start">When the request came, as a timestamp of the clock.</param>
    internal ServerTiming(long start) => Start = start;

    /// <summary>When the request came, as a timestamp of the clock.</summary>
    public long Start { get; }

    /// <summary>
    /// The calls that the answer took, in the order in which they began. To be read when none is under way: it is not a copy.
    /// </summary>
    public IReadOnlyList<TimedCall> Calls => _calls;

    /// <summary>The timing of a request; it is kept with the request's other features.</summary>
    /// <param name="context">The request.</param>
    public static ServerTiming Of(HttpContext context) => context.Features.GetRequiredFeature<ServerTiming>();

    /// <summary>Says that a call begins, so that it has its place.</summary>
    /// <param name="service">The name of the service that is called.</param>
    /// <param name="start">When it begins, as a timestamp of the clock.</param>
    internal TimedCall Begin(string service, long start)
    {
        var call = new TimedCall(service, start);
        lock (_lock)
        {
            _calls.Add(call);
        }

        return call;
    }

    /// <summary>The value of the header.</summary>
    /// <param name="total">How long the answer took so far.</param>
    internal string Format(TimeSpan total)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        lock (_lock)
        {
            foreach (var call in _calls)
            {
                Append(ref text, call);
            }
        }

        Append(ref text, Total, total.TotalMilliseconds);
        return text.ToStringAndClear();
    }

    /// <summary>Adds the part of a call and those of what it reported; nothing for a call that has not ended.</summary>
    private static void Append(ref DefaultInterpolatedStringHandler text, TimedCall call)
    {
        if (call.Elapsed is not { } elapsed)
        {
            return;
        }

        Append(ref text, call.Service, elapsed.TotalMilliseconds);
        text.AppendLiteral(", ");
        foreach (var (service, milliseconds) in call.Reported)
        {
            Append(ref text, service, milliseconds);
            text.AppendLiteral(", ");
        }
    }

    private static void Append(ref DefaultInterpolatedStringHandler text, string name, double milliseconds)
    {
        text.AppendLiteral(name);
        text.AppendLiteral(";dur=");
        text.AppendFormatted(milliseconds, "F2");
    }

    /// <summary>Reads out of the header of a backend how long its answer took.</summary>
    /// <param name="header">The value of its header.</param>
    /// <returns>How long; <see langword="null"/> when the header does not tell.</returns>
    internal static TimeSpan? TotalIn(string header)
    {
        Span<uint> microseconds = stackalloc uint[1];
        Read(header, TotalNames, microseconds);
        return microseconds[0] == ServerTimingReader.Unknown ? null : TimeSpan.FromMicroseconds(microseconds[0]);
    }

    /// <summary>Reads durations out of the header of a backend, which may hold anything.</summary>
    /// <param name="header">The value of its header.</param>
    /// <param name="names">The names of the parts.</param>
    /// <param name="microseconds">
    /// Receives their durations; <see cref="ServerTimingReader.Unknown"/> where the header does not tell.
    /// </param>
    internal static void Read(string header, IReadOnlyList<byte[]> names, Span<uint> microseconds)
    {
        microseconds.Fill(ServerTimingReader.Unknown);
        if (header.Length <= LongestHeader)
        {
            Span<byte> bytes = stackalloc byte[LongestHeader];
            ServerTimingReader.Read(bytes[..Encoding.Latin1.GetBytes(header, bytes)], names, microseconds);
        }
    }
}
