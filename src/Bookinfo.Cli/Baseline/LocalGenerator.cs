using System.Security.Cryptography;
using Bookinfo.Load;

namespace Bookinfo.Cli.Baseline;

/// <summary>Requests from this process.</summary>
/// <param name="plan">What every run has in common.</param>
/// <param name="time">The clock.</param>
internal sealed class LocalGenerator(LoadPlan plan, TimeProvider time) : ILoadGenerator
{
    private ulong _runs;

    /// <summary>Makes one, and sees that the target can be reached.</summary>
    /// <param name="target">Where the requests go, with the path.</param>
    /// <param name="options">What the user asked for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFailedException">The connections are more than this process can have.</exception>
    /// <exception cref="TargetException">Nothing answers there.</exception>
    public static async Task<LocalGenerator> CreateAsync(Uri target, BaselineOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (OpenFileLimit.FindProblem(options.Connections) is { } problem)
        {
            throw new CommandFailedException(ExitCode.InvalidUsage, $"--connections: {problem}.");
        }

        var resolved = await LoadTarget.ResolveAsync(target, options.Insecure, cancellationToken);
        var traceSeed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var mix = await new TrafficSetup(resolved, options.Headers, traceSeed, options.Timeout, time).PathsAsync([target.PathAndQuery], cancellationToken);
        return new LocalGenerator(
            new LoadPlan(resolved, mix, new ConstantProfile(1, 1), ArrivalProcess.Even, options.Seed, traceSeed, options.Connections, options.Timeout), time);
    }

    /// <inheritdoc/>
    public Task<LoadResult> RunAsync(double rate, TimeSpan duration, ulong seed, CancellationToken stop, CancellationToken kill) =>
        new LoadEngine(plan with { Profile = new ConstantProfile(rate, duration.TotalSeconds), Seed = seed, TraceSeed = plan.TraceSeed + ++_runs }, [], time).RunAsync([], stop, kill);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
