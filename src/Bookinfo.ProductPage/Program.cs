using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.ServiceDefaults.Hosting;

namespace Bookinfo.ProductPage;

/// <summary>The productpage service: the page that visitors see, put together from the answers of details and reviews.</summary>
public static class Program
{
    /// <summary>Runs the service.</summary>
    /// <param name="args"><c>--NAME=value</c> overrides the environment variable NAME.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Main(string[] args) => ServiceProgram.RunAsync(ServiceCatalog.ProductPage, () => Build(args));

    /// <summary>Builds the service.</summary>
    /// <param name="args">As for <see cref="Main"/>.</param>
    /// <param name="adjust">Replaces what the caller brings itself, such as the clock.</param>
    /// <returns>The application, not started.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var builder = ServiceProgram.CreateBuilder(ServiceCatalog.ProductPage, args);
        var options = ProductPageOptions.Read(new Settings(builder.Configuration));

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddSingleton<EndUser>(static services => services.GetRequiredService<Sessions>().UserOf);
        builder.Services.AddSingleton<RequestResults>();
        builder.Services.AddSingleton<Backends>();
        builder.Services.AddSingleton<StaticAssets>();
        adjust?.Invoke(builder.Services);

        var app = ServiceProgram.Build(builder);
        // Now and not at the first visit: that the key is a random one concerns the service and no visitor's request.
        app.Services.GetRequiredService<Sessions>();
        app.UseMiddleware<SecurityHeaders>();
        app.MapPages();
        app.MapSession();
        app.MapApi();
        app.MapStaticAssetsOf(app.Services.GetRequiredService<StaticAssets>());
        return app;
    }
}
