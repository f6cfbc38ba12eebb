namespace Bookinfo.Contracts;

/// <summary>A route of a service. Probes and <c>/metrics</c>, which every service has, are not among them.</summary>
/// <param name="Template">The template, as in the label <c>http_route</c>: <c>/ratings/{id?}</c>.</param>
/// <param name="Methods">The methods that it takes.</param>
public sealed record ServiceRoute(string Template, params IReadOnlyList<string> Methods)
{
    /// <summary>A route that is only read, by GET and so by HEAD.</summary>
    /// <param name="template">The template.</param>
    public static ServiceRoute Read(string template) => new(template, HttpMethodNames.Get, HttpMethodNames.Head);
}
