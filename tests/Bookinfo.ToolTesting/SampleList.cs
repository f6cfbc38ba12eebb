using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.ToolTesting;

/// <summary>Keeps what an engine tells.</summary>
public sealed class SampleList : ILoadObserver
{
    public List<Sample> Samples { get; } = [];

    public int Intervals { get; private set; }

    /// <summary>The intervals, added up here.</summary>
    public Recording Sum { get; } = new(BookinfoAnswers.Usual);

    void ILoadObserver.Add(in Sample sample) => Samples.Add(sample);

    void ILoadObserver.Progress(LoadProgress progress)
    {
        Intervals++;
        Sum.Add(progress.Interval);
    }
}
