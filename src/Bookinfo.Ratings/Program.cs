using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Hosting;

namespace Bookinfo.Ratings;

/// <summary>The ratings service: how many stars each reviewer gives.</summary>
public static class Program
{
    /// <summary>Runs the service.</summary>
    /// <param name="args"><c>--NAME=value</c> overrides the environment variable NAME.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Main(string[] args) => ServiceProgram.RunAsync(ServiceCatalog.Ratings, () => Build(args));

    /// <summary>Builds the service.</summary>
    /// <param name="args">As for <see cref="Main"/>.</param>
    /// <param name="adjust">Replaces what the caller brings itself, such as the clock.</param>
    /// <returns>The application, not started.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var builder = ServiceProgram.CreateBuilder(ServiceCatalog.Ratings, args);
        builder.Services.AddSingleton<RatingsStore>();
        if (Misbehavior.Read(new Settings(builder.Configuration)) is { } misbehavior)
        {
            builder.Services.AddSingleton(misbehavior);
        }

        adjust?.Invoke(builder.Services);

        var app = ServiceProgram.Build(builder);
        app.MapRatings();
        return app;
    }
}
