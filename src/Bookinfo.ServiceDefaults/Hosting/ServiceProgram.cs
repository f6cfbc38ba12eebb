using System.Collections;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Bookinfo.Common;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Connections;
using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// What every service's program has in common: its host, its limits, its error answers, its health, and how it starts and ends.
/// </summary>
public static class ServiceProgram
{
    /// <summary>The most bytes that the body of a request may have: 16 KiB, many times what any request of the contract needs.</summary>
    public const int LargestRequestBody = 16 * 1024;

    /// <summary>
    /// The most bytes that all headers of a request to the page may have: 32 KiB, room for the tokens and cookies that are passed on.
    /// </summary>
    private const int LargestRequestHeadersAtTheEdge = 32 * 1024;

    /// <summary>
    /// The most bytes that a hop may add to the headers: 4 KiB for a trace position in all formats, the id of the request, the user, a
    /// longer host name, and what the proxies of a mesh say.
    /// </summary>
    private const int HeadersAddedByHop = 4 * 1024;

    /// <summary>How long the head of a request may take to arrive.</summary>
    private static readonly TimeSpan LongestRequestHead = TimeSpan.FromSeconds(10);

    /// <summary>Exit code when the service cannot start because a setting is not allowed.</summary>
    public const int ExitInvalidSetting = 2;

    /// <summary>Exit code when the service cannot start because it cannot listen on its address.</summary>
    public const int ExitCannotListen = 3;

    /// <summary>Exit code when the service cannot start for an unforeseen reason.</summary>
    public const int ExitFailed = 1;

    /// <summary>Builds the service, runs it until it is told to stop, and turns a failed start into one line on stderr.</summary>
    /// <param name="service">The service; its name begins that line.</param>
    /// <param name="build">Builds the application.</param>
    /// <returns>The exit code of the process: 0 after an orderly stop.</returns>
    public static async Task<int> RunAsync(ServiceDefinition service, Func<WebApplication> build)
    {
        SocketThreads.Use();
        ListenAddresses? listen = null;
        CancellationToken started = default;
        try
        {
            await using var app = build();
            listen = app.Services.GetRequiredService<ListenAddresses>();
            listen.RemoveLeftSockets();
            using var hangUp = StopOnHangUp(app.Lifetime);
            started = app.Lifetime.ApplicationStarted;
            var stopping = app.Lifetime.ApplicationStopping;
            try
            {
                await app.RunAsync();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Told to stop before it had started, which is an orderly stop as well.
            }

            return 0;
        }
        catch (InvalidSettingException exception)
        {
            return await FailAsync(service, exception.Message, ExitInvalidSetting);
        }
        catch (ManagementPortException exception)
        {
            return await FailAsync(service, exception.Message, ExitCannotListen);
        }
        catch (Exception exception) when (listen is not null && IsCannotListen(exception))
        {
            var way = IsTaken(exception) ? "Stop what listens there, or set" : "Set";
            return await FailAsync(
                service, $"{exception.Message.TrimEnd('.')}. {way} {listen.Variable} to something other than {listen}.", ExitCannotListen);
        }
        catch (Exception exception) when (!started.IsCancellationRequested)
        {
            return await FailAsync(service, $"{exception.GetType().Name}: {AddressSecrets.HidePassword(exception.Message)}", ExitFailed);
        }
    }

    /// <summary>Makes the builder of a service: settings, server limits, telemetry, shutdown.</summary>
    /// <param name="service">The service.</param>
    /// <param name="args">The arguments of the process; <c>--NAME=value</c> overrides the environment variable NAME.</param>
    /// <param name="version">
    /// Determines from the settings which version of the service this is, for telemetry when <c>SERVICE_VERSION</c> is not set; v1 when
    /// omitted.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static WebApplicationBuilder CreateBuilder(ServiceDefinition service, string[] args, Func<Settings, string>? version = null)
    {
        // Nothing but what is added here: no settings files from where the service was started, and no console log.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(ReadEnvironment());
        AddArguments(builder.Configuration, args);
        builder.Services.AddRoutingCore();
        var settings = new Settings(builder.Configuration);
        var drain = TimeSpan.FromSeconds(settings.Number(SettingNames.DrainSeconds, standard: 5, least: 0, most: 300));

        var listen = ListenAddresses.Read(settings);
        builder.Services.AddSingleton(listen);
        builder.WebHost.UseUrls([.. listen.Addresses]);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => ConfigureServer(server, LargestRequestHeaders(service)));
        builder.Services.Configure<SocketTransportOptions>(SocketThreads.Configure);
        builder.Services.AddSingleton(ConnectionLimits.Read(service));
        // Kestrel prefers the factory that was registered last.
        builder.Services.AddSingleton<IConnectionListenerFactory>(static services => new LimitedListeners(
            new SocketTransportFactory(
                services.GetRequiredService<IOptions<SocketTransportOptions>>(), services.GetRequiredService<ILoggerFactory>()),
            services.GetRequiredService<ConnectionLimits>(),
            services.GetRequiredService<RefusedConnections>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<LimitedListeners>>()));
        builder.Logging
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            // RunAsync says in one line why a service did not start.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            // An unready service says so to its probes; that is not an error, and not worth a line for each probe.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            // Without this filter the host creates an Activity for each request, whether or not anybody traces.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        builder.Services.AddSingleton<ServerLog>();
        builder.Logging.Services.AddSingleton<ILoggerProvider>(static services => services.GetRequiredService<ServerLog>());
        ServerLog.AddFilters(builder.Logging);

        builder.Services.AddSingleton(LogOptions.Read(settings));
        builder.Services.AddSingleton<LineLoggerProvider>();
        builder.Logging.Services.AddSingleton<ILoggerProvider>(static services => services.GetRequiredService<LineLoggerProvider>());
        var telemetry = TelemetryOptions.Read(settings);
        builder.AddTelemetry(ServiceIdentity.Read(settings, service, version?.Invoke(settings) ?? "v1"), telemetry);
        builder.Services.AddSingleton(HostConnections.Shared);
        builder.Services.AddSingleton(BackendAddresses.Read(settings, service));
        builder.Services.AddSingleton<BackendWeights>();
        builder.Services.AddSingleton(services => new BackendClients(
            service,
            services.GetRequiredService<BackendAddresses>(),
            services.GetRequiredService<BackendWeights>(),
            services.GetRequiredService<ConnectionLimits>().Calls,
            services.GetRequiredService<HostConnections>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<HttpTelemetry>(),
            services.GetRequiredService<ILogger<BackendClient>>()));
        builder.Services.AddSingleton(new HeaderForwarding(telemetry.Traces));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new DrainOptions(drain));
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton(LingerOptions.Standard);
        var endsWithParent = settings.Flag(SettingNames.StopWhenStdinCloses, standard: false);
        // Registered first, because hosted services are stopped in reverse order: what the others report while stopping is sent as well. It
        // gets less time when the parent process is gone, because then nobody is left to wait for the end.
        builder.Services.AddHostedService(services => new TelemetryShutdown(services, TimeSpan.FromSeconds(endsWithParent ? 2 : 5)));
        builder.Services.AddHostedService<LifecycleLog>();
        builder.Services.AddHostedService<DrainBeforeStop>();
        builder.Services.AddHostedService<RejectedRequestAnswers>();
        builder.Services.AddHealthChecks().AddCheck<Readiness>("draining").AddCheck<FaultReadiness>("faults")
            .AddCheck<FaultLiveness>(FaultLiveness.Name);
        var mostRequests = RequestLimit.Read(settings, service);
        builder.Services.AddSingleton(services => new RequestLimit(
            mostRequests, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<RequestLimit>>()));
        AddFaults(builder, service, FaultOptions.Read(settings, service));
        ManagementServer.Add(builder.Services, settings, listen);
        // The longest call that our services wait for takes 10 s; what is still in flight after 15 s hangs.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drain + TimeSpan.FromSeconds(15));
        if (endsWithParent)
        {
            builder.Services.AddHostedService<StopWhenStdinCloses>();
        }

        return builder;
    }

    /// <summary>Builds the application with everything that comes before and beside a service's own endpoints.</summary>
    /// <param name="builder">The builder, with the services of the application registered.</param>
    /// <returns>The application, to map endpoints on.</returns>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.Use(AbsoluteTarget.Shorten);
        app.UseMiddleware<RequestTelemetry>();
        app.UseMiddleware<DrainConnections>();
        app.UseMiddleware<ErrorAnswers>();
        app.UseRouting();
        app.Use(app.Services.GetRequiredService<RequestLimit>().InvokeAsync);
        app.UseMiddleware<FaultInjection>();
        app.Services.GetRequiredService<FaultStart>().Start();
        app.MapHealthProbes();
        app.MapMetrics();
        return app;
    }

    /// <summary>
    /// The most bytes that all headers of a request may have: more for each service that may stand in front of this one, so that what the
    /// first of them accepts is accepted by the last, with all that was added on the way.
    /// </summary>
    /// <param name="service">The service.</param>
    public static int LargestRequestHeaders(ServiceDefinition service) =>
        LargestRequestHeadersAtTheEdge + (HeadersAddedByHop * HopsInFrontOf(service));

    private static void AddFaults(WebApplicationBuilder builder, ServiceDefinition service, FaultOptions options)
    {
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton<FaultTable>();
        builder.Services.AddSingleton<FaultBoard>();
        builder.Services.AddSingleton<FaultMetrics>();
        builder.Services.AddSingleton(services => new FaultStart(
            services.GetRequiredService<FaultBoard>(), options, services.GetServices<FaultPreset>(), services.GetService<FaultFile>()));
        builder.Services.AddSingleton<EndUser>(static request =>
            request.Headers["end-user"].ToString() is { Length: > 0 } user ? HeaderText.InUtf8(user) : null);
        if (options.File is { } file)
        {
            builder.Services.AddSingleton(services => new FaultFile(
                file,
                services.GetRequiredService<FaultBoard>(),
                service,
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<FaultFile>>()));
        }
    }

    private static int HopsInFrontOf(ServiceDefinition service) => ServiceCatalog.All
        .Where(caller => caller.IsCallerOf(service))
        .Select(caller => 1 + HopsInFrontOf(caller))
        .DefaultIfEmpty(0)
        .Max();

    /// <summary>
    /// The settings in the environment. To .NET's configuration, names that differ only in case are the same; on Unix they are different
    /// variables, and <c>log_format</c> is not ours.
    /// </summary>
    private static IEnumerable<KeyValuePair<string, string?>> ReadEnvironment() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(static variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value))
        // OpenTelemetry's SDK may read more variables with its prefix than are in the list; none of them has a small letter.
        .Where(static variable => OperatingSystem.IsWindows()
            || SettingNames.All.Any(name => name == variable.Key)
            || (variable.Key.StartsWith(TelemetrySettingNames.Prefix, StringComparison.Ordinal) && !variable.Key.Any(char.IsLower)));

    private static void AddArguments(ConfigurationManager configuration, string[] args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < args.Length; index++)
        {
            var arg = args[index];
            // .NET would ignore arguments that it does not understand.
            if (arg is not ['-', '-', not '=', ..] || arg.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var end))
            {
                throw RefuseArgument(arg, index);
            }

            var name = ListenAddresses.VariableOf(arg[2..end]);
            if (!SettingNames.Contains(name))
            {
                // The value is left out: it may be a secret whose name is mistyped.
                throw new InvalidSettingException(
                    ArgumentAt(index), arg[..end], "the name of a setting after two dashes, such as --DRAIN_SECONDS=5");
            }

            settings[name] = arg[(end + 1)..];
        }

        configuration.AddInMemoryCollection(settings);
    }

    /// <summary>
    /// Refuses an argument that is not of the form <c>--NAME=value</c>. It is shown up to its value, and only if it begins with the name of
    /// an option or a setting: otherwise it may be a value that a blank has split off, the session key for example.
    /// </summary>
    private static InvalidSettingException RefuseArgument(string arg, int index)
    {
        const string Form = "of the form --NAME=value";
        var name = arg.Split('=')[0];
        return name.StartsWith("--", StringComparison.Ordinal) || SettingNames.Contains(name.TrimStart('-'))
            ? new InvalidSettingException(ArgumentAt(index), name, Form)
            : new InvalidSettingException(
                $"{ArgumentAt(index)} is not allowed: it must be {Form}. It is not shown, as it may be a secret.");
    }

    private static string ArgumentAt(int index) => string.Create(CultureInfo.InvariantCulture, $"argument {index + 1}");

    /// <summary>Stops the service gracefully on SIGHUP, as .NET does on SIGTERM.</summary>
    private static PosixSignalRegistration StopOnHangUp(IHostApplicationLifetime lifetime) =>
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            lifetime.StopApplication();
        });

    private static async Task<int> FailAsync(ServiceDefinition service, string reason, int exitCode)
    {
        try
        {
            // A message from a library may have several lines, and one about a setting may quote from it what a terminal would obey.
            // Started without stderr, its number goes to a file of the runtime, which a message would upset.
            if (!OperatingSystem.IsWindows() && FileDescriptor.IsLost(FileDescriptor.Error))
            {
                return exitCode;
            }

            await Console.Error.WriteLineAsync($"{service.Name} cannot start: {PrintableText.Clean(reason.ReplaceLineEndings(" "))}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // stderr is full or closed; the exit code still says what went wrong.
        }

        return exitCode;
    }

    /// <summary>Whether a start failed because of the address. Kestrel wraps the error of the socket in some cases.</summary>
    private static bool IsCannotListen(Exception exception) =>
        exception is SocketException or AddressInUseException or IOException { InnerException: SocketException or AddressInUseException };

    /// <summary>Whether the address is taken, as opposed to not existing on this machine or not being allowed.</summary>
    private static bool IsTaken(Exception exception) =>
        exception is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
        || (exception.InnerException is { } inner && IsTaken(inner));

    private static void ConfigureServer(KestrelServerOptions server, int largestHeaders)
    {
        server.AddServerHeader = false;
        // The host of a target that is a whole address counts, whatever the header says (RFC 9112 section 3.2.2).
        server.AllowHostHeaderOverride = true;
        server.Limits.MaxRequestBodySize = LargestRequestBody;
        server.Limits.MaxRequestHeadersTotalSize = largestHeaders;
        // A client that has sent only part of a request head holds up the shutdown, during which the server no longer checks timeouts; so
        // this is not much longer than the drain period.
        server.Limits.RequestHeadersTimeout = LongestRequestHead;
        // Header values are treated as bytes. Latin-1 maps each byte to one character and back, so that what is passed on is what came in.
        server.RequestHeaderEncodingSelector = static name =>
            name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ? ContentLengthEncoding.Instance : Encoding.Latin1;
        server.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(next => new LingeringClose(
                next, server.ApplicationServices.GetRequiredService<LingerOptions>(),
                server.ApplicationServices.GetRequiredService<TimeProvider>()).InvokeAsync);
        });
    }
}
