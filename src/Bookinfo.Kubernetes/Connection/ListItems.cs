using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>The items of the API's lists.</summary>
public static class ListItems
{
    /// <summary>All of them. An empty list is null to some API servers.</summary>
    /// <param name="list">The list.</param>
    /// <typeparam name="T">What is listed.</typeparam>
    public static IList<T> All<T>(this IItems<T> list) => list.Items ?? [];
}
