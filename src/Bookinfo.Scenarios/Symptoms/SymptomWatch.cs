using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>
/// Looks in Prometheus for the symptoms of a scenario, once a second, and remembers when each was seen and when it cleared.
/// </summary>
/// <param name="prometheus">Where to look.</param>
/// <param name="symptoms">What to look for.</param>
/// <param name="report">Is told of each that is seen, clears, or does not in time.</param>
/// <param name="time">Tells the time and waits.</param>
/// <param name="alertmanager">Where to look for alerts that are to arrive; <see langword="null"/> when none is.</param>
public sealed class SymptomWatch(
    PrometheusClient prometheus, IReadOnlyList<ExpectedSymptom> symptoms, Action<SymptomReport> report, TimeProvider time,
    AlertmanagerClient? alertmanager = null)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Gives how many processes of Bookinfo the Prometheus has scraped.</summary>
    private const string KnownProcesses = "count(target_info{service_namespace=\"bookinfo\"})";

    /// <summary>
    /// How long what was there before may take to go, unless a symptom may take longer to clear, as alerts do: as long as it takes to leave
    /// the windows of rates.
    /// </summary>
    private static readonly TimeSpan CalmPatience = TimeSpan.FromSeconds(45);

    private readonly SymptomOutcome[] _outcomes = [.. symptoms.Select(symptom => new SymptomOutcome(symptom.Name))];

    /// <summary>What has become of each symptom.</summary>
    public IReadOnlyList<SymptomOutcome> Outcomes => _outcomes;

    /// <summary>Waits until none of the symptoms can be seen: otherwise nobody could tell whether the scenario causes them.</summary>
    /// <param name="processes">How many processes Prometheus is to have scraped before. One that has just been started has none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Those that are there all the same.</returns>
    /// <exception cref="OperationFailedException">Prometheus or Alertmanager does not answer.</exception>
    public async Task<IReadOnlyList<string>> WaitForCalmAsync(int processes, CancellationToken cancellationToken)
    {
        var patience = symptoms.Select(symptom => symptom.Clears).Append(CalmPatience).Max();
        for (var began = time.GetTimestamp(); ;)
        {
            var there = new List<string>();
            foreach (var symptom in symptoms)
            {
                if (symptom.IsSeen(await AskAsync(symptom, cancellationToken)))
                {
                    there.Add(symptom.Name);
                }
            }

            var known = processes == 0 || (await prometheus.QueryAsync(KnownProcesses, cancellationToken)).Sum() >= processes;
            if ((there.Count == 0 && known) || time.GetElapsedTime(began) > patience)
            {
                return there;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Looks until all have been seen or are late.</summary>
    /// <param name="cancellationToken">Ends it early, without an exception.</param>
    /// <exception cref="OperationFailedException">Prometheus or Alertmanager does not answer.</exception>
    public Task WatchAsync(CancellationToken cancellationToken) => WatchAsync(
        SymptomPhase.During, symptom => symptom.Within, static (symptom, values) => symptom.IsSeen(values),
        (index, after) => _outcomes[index] = _outcomes[index] with { SeenAfter = after }, cancellationToken);

    /// <summary>Looks until all that were seen have cleared or are late.</summary>
    /// <param name="cancellationToken">Ends it early, without an exception.</param>
    /// <exception cref="OperationFailedException">Prometheus or Alertmanager does not answer.</exception>
    public Task WatchEndAsync(CancellationToken cancellationToken) => WatchAsync(
        SymptomPhase.After, symptom => symptom.Clears, static (symptom, values) => symptom.IsClear(values),
        (index, after) => _outcomes[index] = _outcomes[index] with { ClearAfter = after }, cancellationToken);

    private async Task<IReadOnlyList<double>> AskAsync(ExpectedSymptom symptom, CancellationToken cancellationToken) =>
        symptom is { IsArrival: true, Alert: { } alert }
            ? await alertmanager!.CountAlertsAsync(alert.Alert, alert.Labels, cancellationToken) is > 0 and var count ? [count] : []
            : await prometheus.QueryAsync(symptom.Expression, cancellationToken);

    /// <summary>
    /// Whether the time for something is over. That for the arrival of an alert begins when Prometheus has it, and never does when
    /// Prometheus does not.
    /// </summary>
    private bool IsOver(SymptomPhase phase, ExpectedSymptom symptom, TimeSpan after, TimeSpan patience, List<int> open)
    {
        if (!symptom.IsArrival)
        {
            return after > patience;
        }

        var alert = Enumerable.Range(0, symptoms.Count).First(
            index => symptoms[index] is { IsArrival: false } other && other.Alert == symptom.Alert);
        var since = phase == SymptomPhase.During ? _outcomes[alert].SeenAfter : _outcomes[alert].ClearAfter;
        return !open.Contains(alert) && !(after - since <= patience);
    }

    private async Task WatchAsync(
        SymptomPhase phase,
        Func<ExpectedSymptom, TimeSpan> patience,
        Func<ExpectedSymptom, IReadOnlyList<double>, bool> isIt,
        Action<int, TimeSpan> remember,
        CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var open = Enumerable.Range(0, symptoms.Count).Where(
            index => phase == SymptomPhase.During || _outcomes[index].SeenAfter is not null).ToList();
        try
        {
            while (true)
            {
                foreach (var index in open.ToList())
                {
                    var symptom = symptoms[index];
                    var values = await AskAsync(symptom, cancellationToken);
                    var after = time.GetElapsedTime(began);
                    var isThere = isIt(symptom, values);
                    if (isThere)
                    {
                        remember(index, after);
                    }

                    if (isThere || IsOver(phase, symptom, after, patience(symptom), open))
                    {
                        open.Remove(index);
                        report(new SymptomReport(symptom, phase, isThere, after, values));
                    }
                }

                if (open.Count == 0)
                {
                    return;
                }

                await Task.Delay(Interval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The scenario ends sooner than some could be seen.
        }
    }
}

/// <summary>When a symptom is looked for.</summary>
public enum SymptomPhase
{
    /// <summary>While the faults are on.</summary>
    During,

    /// <summary>After they were taken away.</summary>
    After,
}

/// <summary>What was seen of a symptom.</summary>
/// <param name="Symptom">The symptom.</param>
/// <param name="Phase">When.</param>
/// <param name="IsThere">Whether it is as it must be then; otherwise the time for it is over.</param>
/// <param name="After">How long after the faults were set or taken away.</param>
/// <param name="Values">What Prometheus said.</param>
public sealed record SymptomReport(
    ExpectedSymptom Symptom, SymptomPhase Phase, bool IsThere, TimeSpan After, IReadOnlyList<double> Values)
{
    /// <summary>The values in words.</summary>
    public string ValuesText => Values.Count == 0
        ? "no data"
        : string.Join(", ", Values.Take(3).Select(value => value.ToString("0.###", CultureInfo.InvariantCulture)))
            + (Values.Count > 3 ? " ..." : "");
}

/// <summary>What has become of a symptom.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SeenAfter">How long after the faults were set it was seen; <see langword="null"/> when it was not.</param>
/// <param name="ClearAfter">
/// How long after they were taken away it was gone; <see langword="null"/> when it was not, or nobody looked.
/// </param>
public sealed record SymptomOutcome(string Name, TimeSpan? SeenAfter = null, TimeSpan? ClearAfter = null);
