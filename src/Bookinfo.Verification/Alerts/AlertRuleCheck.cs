using Bookinfo.Foundation;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>Makes sure that a Prometheus has the rules of the alerts that a scenario declares, before anything is broken.</summary>
internal static class AlertRuleCheck
{
    /// <summary>Checks that each declared alert has a rule that can be evaluated and sets the declared labels.</summary>
    /// <param name="declared">The alerts.</param>
    /// <param name="rules">The rules that there are.</param>
    /// <param name="lookAt">Where to look.</param>
    public static CheckResult Run(IReadOnlyList<AlertSymptom> declared, IReadOnlyList<PrometheusAlertRule> rules, string lookAt)
    {
        List<Finding> findings =
        [
            .. from alert in declared
               let problem = FindProblem(alert, rules)
               where problem is not null
               select new Finding(FindingKind.AlertMissing, alert.Alert, problem) { Missing = 1, LookAt = [lookAt] },
        ];
        return new CheckResult(AlertChecks.Rules)
        {
            Expected = CountRange.Exactly(declared.Count),
            Seen = declared.Count - findings.Count,
            Findings = findings,
        };
    }

    private static string? FindProblem(AlertSymptom alert, IReadOnlyList<PrometheusAlertRule> rules)
    {
        var named = rules.Where(rule => rule.Name == alert.Alert).ToList();
        // What a rule does not set itself may come from its expression.
        var fitting = named.Where(rule => alert.Labels.All(
            label => rule.Labels.GetValueOrDefault(label.Key, label.Value) is var value
                && (value == label.Value || value.Contains("{{", StringComparison.Ordinal)))).ToList();
        return (rules.Count, named.Count, fitting.Count) switch
        {
            (0, _, _) => $"{AlertText.Describe(alert)} cannot fire: there are no alert rules at all.",
            (_, 0, _) => $"{AlertText.Describe(alert)} cannot fire: no rule has this name.",
            (_, _, 0) => $"{AlertText.Describe(alert)} cannot fire: the rules of this name set other labels.",
            _ => fitting.Find(rule => rule.LastError.Length == 0) is null
                ? $"{AlertText.Describe(alert)} cannot fire: its rule cannot be evaluated: {fitting[0].LastError.TrimEnd('.')}."
                : null,
        };
    }
}
