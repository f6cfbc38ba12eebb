using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;

namespace Bookinfo.ProductPage;

/// <summary>A service in the tree that the index page shows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">Where productpage finds it; none for productpage itself, and for a service that only others call.</param>
/// <param name="Children">The services that it calls to make the page.</param>
public sealed record ServiceNode(string Name, IReadOnlyList<BackendAddress> Addresses, IReadOnlyList<ServiceNode> Children)
{
    /// <summary>The tree of the page: productpage calls details and reviews, reviews calls ratings.</summary>
    /// <param name="addresses">Where the services are.</param>
    /// <returns>The root.</returns>
    public static ServiceNode Tree(BackendAddresses addresses) => Of(ServiceCatalog.ProductPage, addresses);

    private static ServiceNode Of(ServiceDefinition service, BackendAddresses addresses) => new(service.Name, addresses.Of(service),
    [
        .. ServiceCatalog.Bookinfo.Hops.Where(hop => hop.Caller == service.Name)
            .Select(hop => Of(ServiceCatalog.All.Single(callee => callee.Name == hop.Callee), addresses)),
    ]);
}
