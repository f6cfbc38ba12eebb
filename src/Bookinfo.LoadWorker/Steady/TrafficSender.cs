using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.LoadWorker;

/// <summary>Sends traffic for as long as the program runs, and follows its settings.</summary>
/// <param name="options">How it is sent.</param>
/// <param name="load">What sends it.</param>
/// <param name="metrics">Counts it.</param>
/// <param name="time">Tells the time and waits.</param>
/// <param name="lifetime">The life of the program.</param>
/// <param name="logger">The log.</param>
internal sealed class TrafficSender(
    TrafficOptions options, SteadyLoad load, TrafficMetrics metrics, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<TrafficSender> logger) : BackgroundService
{
    /// <summary>How long a request may take; the page itself waits for reviews for up to 6 s.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>How often the settings are looked at; Kubernetes takes up to a minute to bring them.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private SteadySettings? _settings;
    private string? _problem;

    /// <summary>Whether requests are made and the settings were allowed, at least once.</summary>
    public bool IsReady => _settings is not null && IsSending;

    /// <summary>Whether the settings that are there now are not allowed.</summary>
    public bool IsRejected => _problem is not null;

    /// <summary>Whether nothing can be sent, ever.</summary>
    public bool HasFailed { get; private set; }

    private bool IsSending { get; set; }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowAsync(stoppingToken), SendAsync(stoppingToken));

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        await using var stopping = stoppingToken.Register(() => TrafficLog.TrafficStopping(logger));
        try
        {
            await load.RunAsync(PrepareAsync, metrics.For, why => TrafficLog.RequestsNotMade(logger, why), stoppingToken);
        }
        catch (ThreadLimitException exception)
        {
            HasFailed = true;
            TrafficLog.TrafficFailed(logger, exception.Message);
            lifetime.StopApplication();
        }
    }

    private async Task<PreparedRequests> PrepareAsync(ulong traceSeed, CancellationToken cancellationToken)
    {
        var requests = await BookinfoTraffic.PrepareAsync(
            options.Url, insecure: false, [], [], traceSeed, Timeout, time, requiresUsers: true, cancellationToken);
        IsSending = true;
        return requests;
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                Follow();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // As it should be.
        }
    }

    private void Follow()
    {
        string? problem = null;
        try
        {
            var settings = TrafficSettings.Read(TrafficSettings.Load(options.Settings));
            if (settings != _settings || _problem is not null)
            {
                load.Follow(settings);
                _settings = settings;
                var what = TrafficSettings.Describe(settings);
                TrafficLog.SettingsFollowed(logger, what, options.Url);
            }
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            problem = exception.Message;
        }

        if (problem is not null && problem != _problem)
        {
            TrafficLog.SettingsRejected(logger, options.Settings, problem);
        }

        _problem = problem;
    }
}
