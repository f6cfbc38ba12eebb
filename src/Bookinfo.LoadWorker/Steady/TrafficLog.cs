namespace Bookinfo.LoadWorker;

/// <summary>What traffic says in its log.</summary>
internal static partial class TrafficLog
{
    /// <summary>The settings have changed.</summary>
    [LoggerMessage(EventId = 1, EventName = "SettingsFollowed", Level = LogLevel.Information, Message = "Sends {What} to {Url}")]
    public static partial void SettingsFollowed(ILogger logger, string what, Uri url);

    /// <summary>The settings have changed and are not allowed.</summary>
    [LoggerMessage(
        EventId = 2, EventName = "SettingsRejected", Level = LogLevel.Error,
        Message = "The settings in {Directory} are not followed, and those before them stay in force: {Why}")]
    public static partial void SettingsRejected(ILogger logger, string directory, string why);

    /// <summary>The requests could not be made.</summary>
    [LoggerMessage(
        EventId = 3, EventName = "RequestsNotMade", Level = LogLevel.Warning,
        Message = "The requests could not be made anew, which is tried again: {Why}")]
    public static partial void RequestsNotMade(ILogger logger, string why);

    /// <summary>The program was told to end.</summary>
    [LoggerMessage(
        EventId = 4, EventName = "TrafficStopping", Level = LogLevel.Information,
        Message = "Sends nothing more, and waits for the answers to what is under way")]
    public static partial void TrafficStopping(ILogger logger);

    /// <summary>Nothing can be sent.</summary>
    [LoggerMessage(EventId = 5, EventName = "TrafficFailed", Level = LogLevel.Critical, Message = "No traffic can be sent: {Why}")]
    public static partial void TrafficFailed(ILogger logger, string why);
}
