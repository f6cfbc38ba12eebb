using System.Diagnostics.Metrics;
using System.Globalization;

namespace Bookinfo.ProductPage;

/// <summary>
/// The counter <c>request_result_total{destination_app, response_code}</c>: finished calls to backends, as the original counts them. A call
/// that got no answer counts as 500, and the two tries of reviews count once, with the result of the last.
/// </summary>
public sealed class RequestResults
{
    /// <summary>The meter that the counter belongs to.</summary>
    public const string MeterName = "Bookinfo.ProductPage";

    private readonly Counter<long> _results;

    /// <summary>Makes the counter.</summary>
    /// <param name="meters">What makes meters, and ends them with the service.</param>
    public RequestResults(IMeterFactory meters) =>
        _results = meters.Create(MeterName).CreateCounter<long>(
            "request_result", unit: null, description: "Results of requests to backends");

    /// <summary>Counts one call.</summary>
    /// <param name="destination">The name of the service that was called.</param>
    /// <param name="statusCode">The status of its answer, 500 when it gave none.</param>
    public void Count(string destination, int statusCode) => _results.Add(
        1,
        new KeyValuePair<string, object?>("destination_app", destination),
        new KeyValuePair<string, object?>("response_code", statusCode.ToString(CultureInfo.InvariantCulture)));
}
