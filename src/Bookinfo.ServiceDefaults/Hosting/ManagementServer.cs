using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// The management port: a server of its own on the loopback address, so that no request to the service can reach it, whatever it says. From
/// outside a pod, <c>kubectl port-forward</c> does, which the cluster authorizes.
/// </summary>
/// <param name="port">The port; 0 for any that is free.</param>
/// <param name="endpoints">What there is.</param>
/// <param name="logger">The log.</param>
internal sealed class ManagementServer(int port, IEnumerable<IManagementEndpoint> endpoints, ILogger<ManagementServer> logger)
    : IHostedService, IAsyncDisposable
{
    private readonly IManagementEndpoint[] _endpoints = [.. endpoints];

    private WebApplication? _app;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:9090</c>; empty before it does.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Registers the server, if <c>MANAGEMENT_LISTEN</c> is set.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="listen">Where the service itself listens.</param>
    /// <exception cref="InvalidSettingException">The port is not allowed.</exception>
    public static void Add(IServiceCollection services, Settings settings, ListenAddresses listen)
    {
        if (settings.Text(SettingNames.ManagementListen) is not { } text)
        {
            return;
        }

        var port = settings.Number(SettingNames.ManagementListen, standard: 0, least: 0, most: IPEndPoint.MaxPort);
        if (listen.TakesOnLoopback(port))
        {
            throw new InvalidSettingException(
                SettingNames.ManagementListen, text, $"another port than that of the service, which listens on {listen}");
        }

        services.AddSingleton<IManagementEndpoint, FaultEndpoint>();
        services.AddSingleton<IManagementEndpoint, WeightEndpoint>();
        services.AddSingleton(provider => new ManagementServer(
            port, provider.GetServices<IManagementEndpoint>(), provider.GetRequiredService<ILogger<ManagementServer>>()));
        services.AddHostedService(static provider => provider.GetRequiredService<ManagementServer>());
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = FaultEndpoint.LargestBody;
            server.Limits.MaxConcurrentConnections = 64;
            server.Listen(IPAddress.Loopback, port, static listen => listen.Protocols = HttpProtocols.Http1);
        });
        // So that it answers with little delay when the thread pool is blocked, by a fault for example.
        builder.Services.Configure<SocketTransportOptions>(static transport =>
        {
            transport.IOQueueCount = 1;
            SocketThreads.Configure(transport);
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or AddressInUseException or SocketException)
        {
            throw new ManagementPortException(string.Create(
                CultureInfo.InvariantCulture,
                $"the management port 127.0.0.1:{port} is not available: {exception.Message.TrimEnd('.')}. "
                + $"Set {SettingNames.ManagementListen} to a free one."));
        }

        Address = _app.Urls.Single();
        LogEvents.ManagementStarted(logger, Address);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            RequestBody.Guard(context);
            await (Refusal(context.Request) is { } refusal
                ? JsonAnswer.Error(StatusCodes.Status403Forbidden, refusal).ExecuteAsync(context)
                : Array.Find(_endpoints, endpoint => context.Request.Path.StartsWithSegments(endpoint.Path)) is { } endpoint
                    ? endpoint.HandleAsync(context)
                    : JsonAnswer.Error(StatusCodes.Status404NotFound).ExecuteAsync(context));
        }
        catch (VisitorLeftException)
        {
            // Nobody would read an answer.
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await JsonAnswer.Error(exception.StatusCode).ExecuteAsync(context);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            LogEvents.UnhandledException(logger, exception);
            await JsonAnswer.Error(StatusCodes.Status500InternalServerError).ExecuteAsync(context);
        }
    }

    /// <summary>
    /// Why a request is not taken. A page in a browser on this machine can send requests here too: its own, which say where the page is
    /// from, and those to a name of its own that it lets point here.
    /// </summary>
    private static string? Refusal(HttpRequest request)
    {
        if (request.Headers.ContainsKey("Origin") || request.Headers.ContainsKey("Sec-Fetch-Site"))
        {
            return "not for pages in a browser";
        }

        var host = request.Host.Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))
            ? null
            : "only for localhost";
    }
}

/// <summary>What the management port has under a path.</summary>
internal interface IManagementEndpoint
{
    /// <summary>The path; those below it belong to it.</summary>
    string Path { get; }

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    /// <exception cref="BadHttpRequestException">Its body cannot be read.</exception>
    Task HandleAsync(HttpContext context);
}

/// <summary>The management port cannot be had. The message is one line that says why, and what to do.</summary>
/// <param name="message">The message.</param>
internal sealed class ManagementPortException(string message) : Exception(message);
