using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Hosting;

namespace Bookinfo.Details;

/// <summary>The details service: what kind of book it is.</summary>
public static class Program
{
    /// <summary>Runs the service.</summary>
    /// <param name="args"><c>--NAME=value</c> overrides the environment variable NAME.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Main(string[] args) => ServiceProgram.RunAsync(ServiceCatalog.Details, () => Build(args));

    /// <summary>Builds the service.</summary>
    /// <param name="args">As for <see cref="Main"/>.</param>
    /// <param name="adjust">Replaces what the caller brings itself, such as the clock.</param>
    /// <returns>The application, not started.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var builder = ServiceProgram.CreateBuilder(
            ServiceCatalog.Details,
            args,
            static settings => settings.Flag(SettingNames.EnableExternalBookService, standard: false) ? "v2" : "v1");
        var options = DetailsOptions.Read(new Settings(builder.Configuration));

        builder.Services.AddSingleton(options);
        if (options.ExternalBookService is null)
        {
            builder.Services.AddSingleton<IBookSource, BuiltInBookSource>();
        }
        else
        {
            builder.Services.AddSingleton<IBookSource, GoogleBooksSource>();
        }

        adjust?.Invoke(builder.Services);

        var app = ServiceProgram.Build(builder);
        app.MapDetails();
        return app;
    }
}
