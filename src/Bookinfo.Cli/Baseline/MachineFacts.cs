namespace Bookinfo.Cli.Baseline;

/// <summary>A machine.</summary>
/// <param name="Os">The operating system.</param>
/// <param name="Kernel">The version of its kernel.</param>
/// <param name="Processor">The model of its processors.</param>
/// <param name="Processors">How many processors this program may use.</param>
/// <param name="MemoryBytes">How much memory it has.</param>
/// <param name="Runtime">The version of .NET that this program ran on.</param>
internal sealed record MachineFacts(string Os, string? Kernel, string? Processor, int Processors, long? MemoryBytes, string Runtime);
