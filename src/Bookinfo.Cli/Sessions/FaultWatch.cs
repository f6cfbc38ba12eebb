using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Sessions;

/// <summary>
/// Finds out which faults are active while services are loaded or measured, so that the report names what was done to them on purpose. This
/// works only for services that <c>up</c> of this working copy runs, because only their management ports are known.
/// </summary>
/// <param name="target">Where requests go.</param>
/// <param name="time">Waits.</param>
internal sealed class FaultWatch(Uri target, TimeProvider time)
{
    /// <summary>The rules that were there when they were first read, with how often each had been injected by then.</summary>
    private readonly Dictionary<ActiveFault, long> _injected = [];
    private readonly HashSet<ActiveFault> _seen = [];
    private bool _isKnown;

    /// <summary>The faults that were active before or after, or injected in between; <see langword="null"/> if that is not known.</summary>
    public IReadOnlyList<ActiveFault>? Seen => _isKnown
        ? [.. _seen.OrderBy(fault => fault.Process, StringComparer.Ordinal).ThenBy(fault => fault.Rule, StringComparer.Ordinal)]
        : null;

    /// <summary>Reads the faults. This is called before the requests are sent, and again after them.</summary>
    /// <param name="cancellationToken">Ends the call early, without an exception.</param>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (SourceTree.Find() is not { } tree || RunRecord.Read(tree, target) is null)
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
                // A rule may switch itself on and off, and be off both before and after.
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
            // The services have ended, or the user does not wait any longer.
        }
    }
}
