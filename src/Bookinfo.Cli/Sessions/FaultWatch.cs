using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Sessions;

/// <summary>
/// Looks which faults services have while they are loaded or measured, so that no report blames them for what was done to them on purpose.
/// Only of what <c>up</c> of this working copy runs are the management ports known.
/// </summary>
/// <param name="target">Where requests go.</param>
/// <param name="time">Waits.</param>
internal sealed class FaultWatch(Uri target, TimeProvider time)
{
    /// <summary>The rules that were there at the first look, with how often each had been injected by then.</summary>
    private readonly Dictionary<ActiveFault, long> _injected = [];
    private readonly HashSet<ActiveFault> _seen = [];
    private bool _isKnown;

    /// <summary>The faults that were active at a look, or injected between two; <see langword="null"/> when that is not known.</summary>
    public IReadOnlyList<ActiveFault>? Seen => _isKnown
        ? [.. _seen.OrderBy(fault => fault.Process, StringComparer.Ordinal).ThenBy(fault => fault.Rule, StringComparer.Ordinal)]
        : null;

    /// <summary>Looks: once before, and once after.</summary>
    /// <param name="cancellationToken">Ends it without an answer.</param>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!target.IsLoopback || SourceTree.Find() is not { } tree || RunRecord.Read(tree, target.Port) is null)
            {
                return;
            }

            await using var targets = new LocalFaultTargets(tree, target);
            using var client = new ManagementClient();
            var processes = await new FaultOverview(targets, client, time).ReadAsync(cancellationToken);
            foreach (var (process, rule) in
                from process in processes
                where process.Status is not null
                from set in process.Status!.Sets
                from rule in set.Rules
                select (process.Target.Name, rule))
            {
                var fault = new ActiveFault(process, rule.Fault, rule.Name);
                // A rule may come and go by itself, and be off at both looks.
                if (rule.Active || rule.Injected > _injected.GetValueOrDefault(fault, _isKnown ? 0 : rule.Injected))
                {
                    _seen.Add(fault);
                }

                _injected.TryAdd(fault, rule.Injected);
            }

            _isKnown = true;
        }
        catch (Exception exception) when (exception is OperationFailedException or OperationCanceledException)
        {
            // Nothing runs there any more, or nobody waits.
        }
    }
}
