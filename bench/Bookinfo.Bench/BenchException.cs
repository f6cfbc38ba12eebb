namespace Bookinfo.Bench;

/// <summary>What ends the benchmark; its message is for whoever started it.</summary>
/// <param name="message">What is wrong, and what to do.</param>
internal sealed class BenchException(string message) : Exception(message);
