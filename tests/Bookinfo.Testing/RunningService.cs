using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Bookinfo.Testing;

/// <summary>One service on its real host, over a real socket, in this process.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningService(WebApplication app)
    {
        _app = app;
        Address = RunningSystem.AddressOf(app);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    /// <summary>A client of the service that follows no redirect and keeps no cookie.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a service on a free port of 127.0.0.1.</summary>
    /// <param name="build">The service's <c>Program.Build</c>.</param>
    /// <param name="settings">Settings as <c>NAME=value</c>.</param>
    public static Task<RunningService> StartAsync(
        Func<string[], Action<IServiceCollection>?, WebApplication> build, params string[] settings) =>
        StartAsync(build, adjust: null, settings);

    /// <inheritdoc cref="StartAsync(Func{string[], Action{IServiceCollection}?, WebApplication}, string[])"/>
    /// <param name="adjust">Replaces services, such as the clock.</param>
    public static async Task<RunningService> StartAsync(
        Func<string[], Action<IServiceCollection>?, WebApplication> build, Action<IServiceCollection>? adjust, params string[] settings)
    {
        var app = build([.. RunningSystem.Settings, .. settings.Select(setting => "--" + setting)], services =>
        {
            RunningSystem.Silence(services);
            adjust?.Invoke(services);
        });
        await app.StartAsync();
        return new RunningService(app);
    }

    /// <summary>The settings by which a service finds another at an address.</summary>
    /// <param name="service">The name of the other service.</param>
    /// <param name="address">Where it is.</param>
    public static string[] At(string service, Uri address) =>
        [$"{service.ToUpperInvariant()}_HOSTNAME={address.Host}", $"{service.ToUpperInvariant()}_SERVICE_PORT={address.Port}"];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
