namespace Bookinfo.Load;

#pragma warning disable CA1051 // Fields, not properties: a sample is filled in place, by reference, while requests are under way.
/// <summary>What became of a request. Times are in nanoseconds since the start of the run.</summary>
public struct Sample
{
    /// <summary>The number of the arrival, from which its identity follows; negative for requests of the setup.</summary>
    public long Index;

    /// <summary>When it was due.</summary>
    public long Due;

    /// <summary>When its sending began, the opening of a connection included if there was none.</summary>
    public long Sent;

    /// <summary>When its answer was complete, or it had failed.</summary>
    public long Done;

    /// <summary>The length of the answer's body in bytes.</summary>
    public long Length;

    /// <summary>The times of the hops that its answer reports.</summary>
    public HopTimes Hops;

    /// <summary>Which of the mix's templates it was made from.</summary>
    public ushort Template;

    /// <summary>The status of the answer; 0 when none came.</summary>
    public ushort Status;

    /// <summary>What went wrong.</summary>
    public ErrorKind Error;

    /// <summary>The number of the version that it came from, in <see cref="AnswerModel.Versions"/>; 0 when it does not say.</summary>
    public byte Version;

    /// <summary>
    /// Whether a connection was free when the request fell due. Otherwise it waited for one, and the time from <see cref="Due"/> to
    /// <see cref="Sent"/> is not the generator's fault.
    /// </summary>
    public bool WasAwaited;
}
