using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.ToolTesting;

/// <summary>Baselines to compare, as if they had been measured: in each round every request took as long as is said.</summary>
public static class CompareSample
{
    public static readonly double[] UsualRates = [100, 200];

    /// <summary>The latencies that it has, whatever else the catalog has by now.</summary>
    public static readonly string[] Measures =
        [Measure.Page, Measure.PageFromSend, Measure.Server, HopMeasure.Details, HopMeasure.Reviews, HopMeasure.Ratings];

    /// <param name="name">Its name.</param>
    /// <param name="latency">Of a round and a measure, in microseconds.</param>
    /// <param name="change">Changes a step before the rounds are put together.</param>
    public static BaselineFile Create(
        string name = "sample", Func<int, string, long>? latency = null, int rounds = 5, double[]? rates = null,
        Func<StepMeasurement, StepMeasurement>? change = null)
    {
        StepMeasurement Step(int round, double rate)
        {
            var step = BaselineSample.Step(round, rate, 1);
            step = step with
            {
                Latencies = Measures.ToDictionary(
                    measure => measure,
                    measure => BaselineSample.Latency(Enumerable.Repeat((latency ?? Usual)(round, measure), (int)rate))),
                Generator = new GeneratorFigures(new Percentiles((long)rate, 50, 50, 60, 70, 80, 90), 0.1, 2, 1),
                Use = new Dictionary<string, UseMeasurement>
                {
                    ["details-v1"] = new(0.02 + (0.0001 * round), 0, 50 << 20, 0, 2, (long)rate, 0, 0),
                    ["ratings-v1"] = new(0.01 + (0.0001 * round), 0, 40 << 20, 0, 2, (long)rate, 0, 0),
                },
            };
            return change?.Invoke(step) ?? step;
        }

        return BaselineSample.File(
            [.. Enumerable.Range(1, rounds).SelectMany(round => (rates ?? UsualRates).Select(rate => Step(round, rate)))],
            name) with
        { Notes = [] };
    }

    /// <summary>A little more in each round, so that rounds differ.</summary>
    public static long Usual(int round, string measure) => (measure switch
    {
        Measure.Page => 4000,
        Measure.PageFromSend => 3900,
        Measure.Server => 3500,
        HopMeasure.Reviews => 2000,
        _ => 1000,
    }) + (10 * round);

    /// <summary>2 ms more wherever ratings are waited for.</summary>
    public static long Delayed(int round, string measure) => Usual(round, measure) + (measure == HopMeasure.Details ? 0 : 2000);
}
