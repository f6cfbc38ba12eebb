namespace Bookinfo.Cli.Load;

/// <summary>Rates, in requests a second.</summary>
/// <param name="Asked">Requests that fell due.</param>
/// <param name="Achieved">Requests that ended within the time.</param>
internal sealed record RequestRates(double Asked, double Achieved);
