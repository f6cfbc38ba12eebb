namespace Bookinfo.Load;

/// <summary>What came of an order: a <see cref="LoadResult"/> on its way from a worker.</summary>
/// <param name="Version"><see cref="WorkerProtocol.Version"/>.</param>
/// <param name="StartedAt">When requests began to fall due, by the worker's clock.</param>
/// <param name="Seconds">See <see cref="LoadResult.Seconds"/>.</param>
/// <param name="Total">See <see cref="LoadResult.Total"/>.</param>
/// <param name="Unsent">See <see cref="LoadResult.Unsent"/>.</param>
/// <param name="InTime">See <see cref="LoadResult.InTime"/>.</param>
/// <param name="SentInTime">See <see cref="LoadResult.SentInTime"/>.</param>
/// <param name="ConnectionsOpened">See <see cref="LoadResult.ConnectionsOpened"/>.</param>
/// <param name="Interrupted">See <see cref="LoadResult.Interrupted"/>.</param>
/// <param name="ProcessorSeconds">See <see cref="LoadResult.ProcessorSeconds"/>.</param>
/// <param name="Processors">See <see cref="LoadResult.Processors"/>.</param>
/// <param name="RedirectedTo">See <see cref="LoadResult.RedirectedTo"/>.</param>
/// <param name="TlsProblem">See <see cref="LoadResult.TlsProblem"/>.</param>
public sealed record WorkerResult(
    int Version,
    DateTimeOffset StartedAt,
    double Seconds,
    RecordingData Total,
    long Unsent,
    long InTime,
    long SentInTime,
    long ConnectionsOpened,
    bool Interrupted,
    double ProcessorSeconds,
    int Processors,
    string? RedirectedTo,
    string? TlsProblem)
{
    /// <summary>Makes it of what a run has come to.</summary>
    /// <param name="result">The run.</param>
    public static WorkerResult From(LoadResult result) => new(
        WorkerProtocol.Version,
        result.StartedAt,
        result.Seconds,
        result.Total.ToData(),
        result.Unsent,
        result.InTime,
        result.SentInTime,
        result.ConnectionsOpened,
        result.Interrupted,
        result.ProcessorSeconds,
        result.Processors,
        result.RedirectedTo,
        result.TlsProblem);

    /// <summary>What the run has come to.</summary>
    /// <param name="plan">What was to be done.</param>
    /// <exception cref="FormatException">It is none that can be.</exception>
    public LoadResult ToResult(LoadPlan plan) => Version == WorkerProtocol.Version
        ? new LoadResult(
            plan, StartedAt, Seconds, Recording.From(Total, plan.Mix.Answers), Unsent, InTime, SentInTime, ConnectionsOpened, Interrupted,
            ProcessorSeconds, Processors)
        {
            RedirectedTo = RedirectedTo,
            TlsProblem = TlsProblem,
        }
        : throw new FormatException($"version {Version} is not understood, only {WorkerProtocol.Version}");
}
