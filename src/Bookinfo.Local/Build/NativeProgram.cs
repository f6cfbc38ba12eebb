using Bookinfo.Contracts;
using Bookinfo.Load;

namespace Bookinfo.Local;

/// <summary>A program of ours that is compiled to native code and gets an image of its own.</summary>
/// <param name="Name">Its name: that of the image, and of the executable in it.</param>
/// <param name="Project">The .NET project that it is built from, below <c>src/</c>.</param>
/// <param name="Port">The port that it listens on.</param>
public sealed record NativeProgram(string Name, string Project, int Port)
{
    /// <summary>The services of the catalog.</summary>
    public static IReadOnlyList<NativeProgram> Services { get; } =
        [.. ServiceCatalog.All.Select(service => new NativeProgram(service.Name, service.Project, ServiceCatalog.ServicePort))];

    /// <summary>What sends requests from inside a cluster.</summary>
    public static NativeProgram LoadWorker { get; } = new(WorkerProtocol.ProgramName, "Bookinfo.LoadWorker", WorkerProtocol.Port);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NativeProgram> All { get; } = [.. Services, LoadWorker];
}
