namespace Bookinfo.Measurement;

/// <summary>
/// The order of the steps: a randomized block design. A round is a block, in which every rate is measured once, in a new order. Slow drift,
/// such as a machine that gets warm, then affects all rates alike, and no rate always follows the same other one.
/// </summary>
public static class BaselineSchedule
{
    /// <summary>The steps of all rounds in their order, which depends on the seed alone.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="seed">The seed.</param>
    public static IReadOnlyList<(int Round, double Rate)> Make(IReadOnlyList<double> rates, int rounds, ulong seed)
    {
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        return [.. Enumerable.Range(1, rounds).SelectMany(round =>
        {
            double[] order = [.. rates];
            random.Shuffle(order);
            return order.Select(rate => (round, rate));
        })];
    }
}
