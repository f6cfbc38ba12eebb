using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Hosting;

namespace Bookinfo.Reviews;

/// <summary>
/// The reviews service: what reviewers wrote, with their stars where the version shows any. v1, v2 and v3 are configuration.
/// </summary>
public static class Program
{
    /// <summary>Runs the service.</summary>
    /// <param name="args"><c>--NAME=value</c> overrides the environment variable NAME.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Main(string[] args) => ServiceProgram.RunAsync(ServiceCatalog.Reviews, () => Build(args));

    /// <summary>Builds the service.</summary>
    /// <param name="args">As for <see cref="Main"/>.</param>
    /// <param name="adjust">Replaces what the caller brings itself, such as the clock.</param>
    /// <returns>The application, not started.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var builder = ServiceProgram.CreateBuilder(ServiceCatalog.Reviews, args, static settings => ReviewsOptions.Read(settings).Version);
        var options = ReviewsOptions.Read(new Settings(builder.Configuration));

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<RatingsClient>();
        adjust?.Invoke(builder.Services);

        var app = ServiceProgram.Build(builder);
        app.MapReviews();
        return app;
    }
}
