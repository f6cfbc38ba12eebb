using System.Reflection;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Hosting;
using Microsoft.Extensions.Logging;

namespace Services.Tests;

/// <summary>What keeps builds of the same sources the same to the byte, and can be seen without building twice.</summary>
public sealed class ReproducibleBuildTests
{
    public static TheoryData<string> Assemblies =>
        [.. ServiceCatalog.All.Select(service => service.Project).Append(typeof(ServiceProgram).Assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Log_events_stand_in_one_class(string assembly)
    {
        // Of several, the generator of .NET 10 writes first now one, now another.
        var classes = Assembly.Load(assembly).GetTypes().Where(type => type
            .GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Any(method => method.IsDefined(typeof(LoggerMessageAttribute))));
        Assert.InRange(classes.Count(), 0, 1);
    }
}
