using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Local;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Sessions;

/// <summary>
/// Finds out which faults are active while services are loaded or measured, so that the report names what was done to them on purpose. This
/// works only where management ports are known: for what <c>up</c> of this working copy runs, and for pods.
/// </summary>
/// <param name="open">Finds the services; returns <see langword="null"/> if their management ports are not known.</param>
internal sealed class FaultWatch(Func<CancellationToken, Task<IFaultTargets?>> open, TimeProvider time)
{
    /// <summary>How often each process had injected each of its rules when that was first read.</summary>
    private readonly Dictionary<(string Process, ActiveFault Fault), long> _injected = [];
    private readonly HashSet<ActiveFault> _seen = [];
    private bool _isKnown;

    /// <summary>For the services behind a page on this machine.</summary>
    /// <param name="page">Where requests go.</param>
    public static FaultWatch OfPage(Uri page, TimeProvider time) => new(
        _ => Task.FromResult<IFaultTargets?>(
            SourceTree.Find() is { } tree && RunRecord.Read(tree, page) is not null ? new LocalFaultTargets(tree, page) : null),
        time);

    /// <summary>For the pods of a namespace.</summary>
    /// <param name="space">The namespace; <see langword="null"/> for the usual one.</param>
    /// <param name="context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
    public static FaultWatch OfPods(string? space, string? context, TimeProvider time) => new(
        async cancellationToken =>
            await new FaultPlace(null, space ?? DeployedApplication.UsualNamespace, context).OpenAsync(time, cancellationToken),
        time);

    /// <summary>For what is measured.</summary>
    /// <param name="subject">What is measured.</param>
    /// <param name="context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
    public static FaultWatch Of(ISubject subject, string? context, TimeProvider time) => subject is ClusterSubject { Namespace: var space }
        ? OfPods(space, context, time)
        : OfPage(subject.Target, time);

    /// <summary>
    /// The faults that were active before or after the requests, or were injected in between; <see langword="null"/> if that is not known.
    /// </summary>
    public IReadOnlyList<ActiveFault>? Seen => _isKnown
        ? [.. _seen.OrderBy(fault => fault.Process, StringComparer.Ordinal).ThenBy(fault => fault.Rule, StringComparer.Ordinal)]
        : null;

    /// <summary>Reads the faults. This is called before the requests are sent, and again after them.</summary>
    /// <param name="cancellationToken">Ends the call early, without an exception.</param>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var targets = await open(cancellationToken);
            if (targets is null)
            {
                return;
            }

            using var client = new ManagementClient();
            var processes = await new FaultOverview(targets, client, time).ReadAsync(cancellationToken);
            foreach (var (process, rule) in
                from process in processes
                where process.Status is not null
                from set in process.Status!.Sets
                from rule in set.Rules
                select (process.Target, rule))
            {
                var fault = new ActiveFault(process.Version, rule.Fault, rule.Name);
                // A rule may switch itself on and off, and be off both before and after.
                if (rule.Active || rule.Injected > _injected.GetValueOrDefault((process.Name, fault), _isKnown ? 0 : rule.Injected))
                {
                    _seen.Add(fault);
                }

                _injected.TryAdd((process.Name, fault), rule.Injected);
            }

            _isKnown |= processes.Any(process => process.Status is not null);
        }
        catch (Exception exception) when (exception is OperationFailedException or OperationCanceledException)
        {
            // The services have ended, or the user does not wait any longer.
        }
    }
}
