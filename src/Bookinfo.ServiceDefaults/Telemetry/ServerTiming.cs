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
internal sealed class ServerTiming
{
    /// <summary>The name of the header.</summary>
    public const string Header = "Server-Timing";

    private const string Total = "total";

    /// <summary>The longest header of a backend that is read: what ours send is a tenth of it.</summary>
    private const int LongestHeader = 1024;

    private static readonly byte[][] TotalNames = [Encoding.Latin1.GetBytes(Total)];

    private readonly Lock _lock = new();
    private readonly List<Hop> _hops = [];

    /// <summary>The timing of a request; it is kept with the request's other features.</summary>
    /// <param name="context">The request.</param>
    public static ServerTiming Of(HttpContext context) => context.Features.GetRequiredFeature<ServerTiming>();

    /// <summary>Says that a call begins, so that it has its place.</summary>
    /// <param name="name">The name of the service.</param>
    public Hop Begin(string name)
    {
        var hop = new Hop(name);
        lock (_lock)
        {
            _hops.Add(hop);
        }

        return hop;
    }

    /// <summary>The value of the header.</summary>
    /// <param name="total">How long the answer took so far.</param>
    public string Format(TimeSpan total)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        lock (_lock)
        {
            foreach (var hop in _hops)
            {
                hop.AppendTo(ref text);
            }
        }

        Append(ref text, Total, total.TotalMilliseconds);
        return text.ToStringAndClear();
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
    public static TimeSpan? TotalIn(string header)
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
    public static void Read(string header, IReadOnlyList<byte[]> names, Span<uint> microseconds)
    {
        microseconds.Fill(ServerTimingReader.Unknown);
        if (header.Length <= LongestHeader)
        {
            Span<byte> bytes = stackalloc byte[LongestHeader];
            ServerTimingReader.Read(bytes[..Encoding.Latin1.GetBytes(header, bytes)], names, microseconds);
        }
    }

    /// <summary>A call to another service.</summary>
    /// <param name="name">The name of the service.</param>
    internal sealed class Hop(string name)
    {
        private double? _milliseconds;
        private (string Name, double Milliseconds)[] _further = [];

        /// <summary>Says how long it took, all its tries together.</summary>
        /// <param name="elapsed">How long.</param>
        public void End(TimeSpan elapsed) => _milliseconds = elapsed.TotalMilliseconds;

        /// <summary>Says what the service reported of a call that it made itself.</summary>
        /// <param name="service">The name of the service that it called.</param>
        /// <param name="milliseconds">How long that took.</param>
        public void Report(string service, double milliseconds) => _further = [.. _further, (service, milliseconds)];

        /// <summary>Adds the part of the header, which is empty for a call that has not ended.</summary>
        /// <param name="text">The header.</param>
        public void AppendTo(ref DefaultInterpolatedStringHandler text)
        {
            if (_milliseconds is not { } own)
            {
                return;
            }

            Append(ref text, name, own);
            text.AppendLiteral(", ");
            foreach (var (service, milliseconds) in _further)
            {
                Append(ref text, service, milliseconds);
                text.AppendLiteral(", ");
            }
        }
    }
}
