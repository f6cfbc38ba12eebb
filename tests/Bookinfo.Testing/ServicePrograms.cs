using System.Reflection;
using Bookinfo.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Bookinfo.Testing;

/// <summary>The programs of the services, found by the catalog.</summary>
public static class ServicePrograms
{
    /// <summary>The <c>Program.Build</c> of a service.</summary>
    /// <param name="service">The name of the service.</param>
    public static Func<string[], Action<IServiceCollection>?, WebApplication> BuildOf(string service)
    {
        var project = ServiceCatalog.All.Single(known => known.Name == service).Project;
        return Assembly.Load(project).GetType($"{project}.Program", throwOnError: true)!.GetMethod("Build")!
            .CreateDelegate<Func<string[], Action<IServiceCollection>?, WebApplication>>();
    }
}
