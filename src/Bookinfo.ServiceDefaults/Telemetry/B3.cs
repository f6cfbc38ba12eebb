using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// What a request says in Zipkin's headers, in one (<c>b3</c>) or several (<c>x-b3-...</c>): a position in a trace, a decision about it, or
/// both (https://github.com/openzipkin/b3-propagation). The one header goes before the several, and what is not valid counts as not there.
/// </summary>
/// <param name="Position">The caller's span; the default value when none is named.</param>
/// <param name="Debug">Whether the trace is to be taken for debugging, whatever is usual.</param>
/// <param name="Denied">Whether no trace is to be taken and no position is named.</param>
/// <param name="Accepted">Whether the trace is to be taken, for debugging or not, and no position is named.</param>
/// <param name="IsShort">Whether the trace has an id of 64 bits.</param>
/// <param name="Deferred">Whether a position is named without a decision, which is left to whoever continues the trace.</param>
internal readonly record struct B3(ActivityContext Position, bool Debug, bool Denied, bool Accepted, bool IsShort, bool Deferred)
{
    private const int LongId = 32;
    private const int ShortId = 16;

    /// <summary>Reads the headers.</summary>
    /// <param name="headers">Those of the request.</param>
    /// <returns>What they say.</returns>
    public static B3 Read(IHeaderDictionary headers)
    {
        var single = headers.TryGetValue("b3", out var b3) ? ReadSingle(b3) : default;
        if (single.Denied || single.Position.TraceId != default)
        {
            return single;
        }

        var several = ReadSeveral(headers);
        var debug = single.Debug || several.Debug;
        return single.Accepted && several.Position.TraceId == default
            ? single with { Debug = debug }
            : several with { Debug = debug, Deferred = several.Deferred && !single.Accepted };
    }

    /// <summary><c>{trace}-{span}[-{decision}[-{parent}]]</c>, or the decision alone.</summary>
    private static B3 ReadSingle(StringValues header)
    {
        if (header is not [{ Length: > 0 } text])
        {
            return default;
        }

        return text.Split('-') switch
        {
            [("0" or "1" or "d") and var decision] => OfDecision(decision),
            [var trace, var span] => At(trace, span, OfDecision(denied: false, accepted: false, debug: false)),
            [var trace, var span, ("0" or "1" or "d") and var decision] => At(trace, span, OfDecision(decision)),
            [var trace, var span, ("0" or "1" or "d") and var decision, { Length: ShortId }] => At(trace, span, OfDecision(decision)),
            _ => default,
        };
    }

    private static B3 ReadSeveral(IHeaderDictionary headers)
    {
        // The words are from before the standard, and some still send them, in Python's spelling as well.
        var sampled = headers["x-b3-sampled"] is [{ } word] ? word : "";
        var debug = headers["x-b3-flags"] is ["1"];
        var denied = !debug && (sampled is "0" || sampled.Equals("false", StringComparison.OrdinalIgnoreCase));
        var accepted = debug || sampled is "1" || sampled.Equals("true", StringComparison.OrdinalIgnoreCase);
        var decision = OfDecision(denied, accepted, debug);
        var position = headers["x-b3-traceid"] is [{ } trace] && headers["x-b3-spanid"] is [{ } span]
            ? At(trace, span, decision)
            : default;
        return position.Position.TraceId != default ? position : decision;
    }

    private static B3 OfDecision(string word) => OfDecision(word is "0", word is "1" or "d", word is "d");

    private static B3 OfDecision(bool denied, bool accepted, bool debug) =>
        new(default, debug, denied, accepted, IsShort: false, Deferred: false);

    /// <summary>A position, and what was decided there. Debugging is a decision to take the trace.</summary>
    private static B3 At(string trace, string span, B3 decision)
    {
        if (trace is not { Length: LongId or ShortId } || span is not { Length: ShortId })
        {
            return default;
        }

        var isShort = trace.Length == ShortId;
        // The standard has small letters only; older tracers sent others as well.
        trace = trace.PadLeft(LongId, '0').ToLowerInvariant();
        span = span.ToLowerInvariant();
        if (!TraceParent.IsId(trace) || !TraceParent.IsId(span))
        {
            return default;
        }

        var position = new ActivityContext(
            ActivityTraceId.CreateFromString(trace), ActivitySpanId.CreateFromString(span),
            decision.Denied ? ActivityTraceFlags.None : ActivityTraceFlags.Recorded, traceState: null, isRemote: true);
        return new B3(position, decision.Debug, Denied: false, Accepted: false, isShort, Deferred: !decision.Denied && !decision.Accepted);
    }
}
