namespace Bookinfo.Cli.Load;

/// <summary>About the generator itself.</summary>
/// <param name="SchedulingDelay">How late requests were sent for which a connection was waiting.</param>
/// <param name="ProcessorSeconds">Processor time that it used.</param>
/// <param name="Processors">How many processors it might use.</param>
/// <param name="ConnectionsOpened">How many connections it opened.</param>
internal sealed record GeneratorFigures(Percentiles SchedulingDelay, double ProcessorSeconds, int Processors, long ConnectionsOpened);
