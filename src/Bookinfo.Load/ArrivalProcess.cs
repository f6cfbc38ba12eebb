namespace Bookinfo.Load;

/// <summary>How arrivals lie around the rate that is asked for.</summary>
internal enum ArrivalProcess
{
    /// <summary>Equal distances, as far as the rate is constant: the same count each time, and no queue of the generator's making.</summary>
    Even,

    /// <summary>Independent of each other, as those of many visitors are: distances are exponentially distributed, and some come in bursts.</summary>
    Poisson,
}
