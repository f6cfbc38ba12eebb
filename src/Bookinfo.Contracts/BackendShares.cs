namespace Bookinfo.Contracts;

/// <summary>
/// What <c>GET /weights</c> on a management port answers: for each service that is called at several addresses, the weight of the version
/// that is at each. <c>PUT /weights</c> takes the same; a service that is given <see langword="null"/> is called at all in turn again.
/// </summary>
public static class BackendShares
{
    /// <summary>The path on the management port.</summary>
    public const string Path = "/weights";

    /// <summary>The greatest weight.</summary>
    public const int MostWeight = 1000;
}
