using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>The items of the API's lists.</summary>
public static class ListItems
{
    /// <summary>All items of a list. Some API servers send null for an empty one.</summary>
    /// <param name="list">The list.</param>
    /// <typeparam name="T">The type of the items.</typeparam>
    public static IList<T> All<T>(this IItems<T> list) => list.Items ?? [];
}
