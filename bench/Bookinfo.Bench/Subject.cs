namespace Bookinfo.Bench;

/// <summary>A target as one implementation serves it.</summary>
/// <param name="Target">What is served.</param>
/// <param name="Implementation">Who serves it.</param>
/// <param name="Url">Where.</param>
/// <param name="Servers">The processes that have a part in an answer, the one that is asked first.</param>
internal sealed record Subject(string Target, Implementation Implementation, Uri Url, IReadOnlyList<ServerProcess> Servers)
{
    /// <summary>Processor time that all of them have used, in seconds.</summary>
    public double ProcessorSeconds => Servers.Sum(server => server.ProcessorSeconds);
}
