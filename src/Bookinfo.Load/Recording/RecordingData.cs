namespace Bookinfo.Load;

/// <summary>
/// A <see cref="Recording"/> as a worker sends it. Counts are by number, without those that are zero; histograms, in microseconds, are in
/// HdrHistogram's compressed encoding (V2), which its tools in all languages read, and which keeps the count of every value.
/// </summary>
/// <param name="Sent">See <see cref="Recording.Sent"/>.</param>
/// <param name="Waited">See <see cref="Recording.Waited"/>.</param>
/// <param name="Bytes">See <see cref="Recording.Bytes"/>.</param>
/// <param name="Setup">See <see cref="Recording.Setup"/>.</param>
/// <param name="Errors">By <see cref="ErrorKind"/>, <see cref="ErrorKind.None"/> included.</param>
/// <param name="Statuses">By status, 0 for no answer.</param>
/// <param name="Versions">By the number of the version; 0 where the answer does not say.</param>
/// <param name="Kinds">By <see cref="RequestKind"/>.</param>
/// <param name="FromDue">See <see cref="Recording.FromDue"/>.</param>
/// <param name="FromSend">See <see cref="Recording.FromSend"/>.</param>
/// <param name="SchedulingDelay">See <see cref="Recording.SchedulingDelay"/>.</param>
/// <param name="Hops">In the order of <see cref="AnswerModel.Hops"/>.</param>
public sealed record RecordingData(
    long Sent,
    long Waited,
    long Bytes,
    long Setup,
    IReadOnlyDictionary<int, long> Errors,
    IReadOnlyDictionary<int, long> Statuses,
    IReadOnlyDictionary<int, long> Versions,
    IReadOnlyDictionary<int, long> Kinds,
    byte[] FromDue,
    byte[] FromSend,
    byte[] SchedulingDelay,
    IReadOnlyList<byte[]> Hops);
