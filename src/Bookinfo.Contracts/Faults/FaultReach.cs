using System.Globalization;

namespace Bookinfo.Contracts;

/// <summary>
/// Finds rules that no request to a service can match. They are allowed for other services; here they would do nothing, and nobody would
/// notice.
/// </summary>
public static class FaultReach
{
    /// <summary>Requires that some request to a service can match each rule.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="path">What errors call the list of them.</param>
    /// <param name="service">The service.</param>
    /// <exception cref="InvalidFaultException">No request matches one of them.</exception>
    public static void Require(IReadOnlyList<FaultRule> rules, string path, ServiceDefinition service)
    {
        foreach (var problem in FindProblems(rules, path, service))
        {
            throw problem;
        }
    }

    /// <summary>Finds the rules that no request to a service can match.</summary>
    /// <returns>For each, what it would have to say.</returns>
    /// <inheritdoc cref="Require"/>
    public static IEnumerable<InvalidFaultException> FindProblems(
        IReadOnlyList<FaultRule> rules, string path, ServiceDefinition service)
    {
        for (var index = 0; index < rules.Count; index++)
        {
            if (FindProblem(rules[index], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), service) is { } problem)
            {
                yield return problem;
            }
        }
    }

    /// <summary>Finds out whether some request to a service can match a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="path">What errors call the rule.</param>
    /// <param name="service">The service.</param>
    /// <returns>What it would have to say; <see langword="null"/> when some request can match it.</returns>
    public static InvalidFaultException? FindProblem(FaultRule rule, string path, ServiceDefinition service)
    {
        var match = $"{path}.match";
        var routes = service.Routes.Where(route => rule.Route is null || rule.Route == route.Template).ToList();
        if (routes.Count == 0)
        {
            return new($"{match}.route", MustBe($"a route of {service.Name}", service.Routes.Select(route => route.Template)));
        }

        var methods = routes.SelectMany(route => route.Methods).Distinct().ToList();
        if (rule.Method is { } method && !methods.Contains(method))
        {
            return new($"{match}.method", MustBe($"a method that {rule.Route ?? service.Name} takes", methods));
        }

        var callers = ServiceCatalog.All.Where(caller => caller.IsCallerOf(service)).Select(caller => caller.Name).ToList();
        return rule.Caller is not { } caller || callers.Contains(caller)
            ? null
            : new($"{match}.caller", callers.Count == 0
                ? $"must not be there: no service calls {service.Name}"
                : MustBe($"a service that calls {service.Name}", callers));
    }

    private static string MustBe(string what, IEnumerable<string> allowed) => $"must be {what}: {string.Join(" or ", allowed)}";
}
