using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;

namespace Bookinfo.Cli.Views;

/// <summary>Shows how a scenario goes on. Members may be called from any thread.</summary>
internal interface IScenarioView : IScenarioObserver
{
    /// <summary>The scenario is about to begin.</summary>
    /// <param name="introduction">Where and how.</param>
    void Introduce(ScenarioIntroduction introduction);

    /// <summary>Something happened that the user has to know.</summary>
    /// <param name="text">A sentence.</param>
    void Say(string text);

    /// <summary>The scenario is over.</summary>
    /// <param name="outcome">What came of it.</param>
    void Conclude(ScenarioOutcome outcome);
}

/// <summary>Where and how a scenario runs.</summary>
/// <param name="Place">Which Bookinfo it is.</param>
/// <param name="Page">Where requests are sent; <see langword="null"/> when none are.</param>
/// <param name="Prometheus">Where symptoms are looked for; <see langword="null"/> when nowhere.</param>
/// <param name="Window">The window of rates in questions to it.</param>
/// <param name="For">How long; <see langword="null"/> for as long as the check takes.</param>
internal sealed record ScenarioIntroduction(string Place, Uri? Page, Uri? Prometheus, TimeSpan Window, TimeSpan? For);

/// <summary>For people: what it is and what to look at, then a line for each thing that is seen.</summary>
/// <param name="scenario">The scenario.</param>
/// <param name="output">Where to say it.</param>
/// <param name="time">Tells the time.</param>
internal sealed class TextScenarioView(Scenario scenario, StandardWriter output, TimeProvider time) : IScenarioView
{
    private ScenarioIntroduction? _introduction;

    /// <inheritdoc/>
    public void Introduce(ScenarioIntroduction introduction)
    {
        _introduction = introduction;
        Write(scenario.Title, "", scenario.Story, "");
        foreach (var line in ScenarioText.Symptoms(scenario, introduction.Window))
        {
            output.WriteLine(line);
        }

        Write(
            "",
            introduction.Page is { } page
                ? $"Sending {ScenarioText.Traffic(scenario.Traffic, page)}."
                : "Sending nothing.",
            introduction.Prometheus is { } prometheus
                ? $"Symptoms and alerts are looked for in {prometheus}."
                : "Nothing is looked for, as there is no Prometheus ('up --prometheus', or --prometheus).");
    }

    /// <inheritdoc/>
    public void Began(IReadOnlyList<FaultTarget> targets)
    {
        var where = targets.Count == 0 ? "Begun" : $"The faults are on: {string.Join(", ", targets.Select(target => target.Name))}";
        Stamp($"{where}. "
            + (_introduction!.For is { } span ? $"They end in {Duration.Format(span)}; " : "They end when all is seen; ")
            + $"Ctrl-C or 'bookinfo scenario stop {scenario.Name}' ends them now.");
    }

    /// <inheritdoc/>
    public void Saw(SymptomReport report)
    {
        var bounds = report.Phase == SymptomPhase.During ? report.Symptom.During : report.Symptom.After;
        var what = (report.Phase, report.IsThere) switch
        {
            (SymptomPhase.During, true) => "seen",
            (SymptomPhase.During, false) => "NOT seen",
            (_, true) => "cleared",
            _ => "NOT cleared",
        };
        Stamp($"{what} after {Duration.Format(report.After)}: {report.Symptom.Name} ({report.ValuesText}"
            + $"{(bounds is null ? "" : $"; must be {bounds}")})");
    }

    /// <inheritdoc/>
    public void Say(string text) => Stamp(text);

    /// <inheritdoc/>
    public void Ended(ScenarioEnd end, IReadOnlyList<string> leftOn) => Stamp(
        (end switch
        {
            ScenarioEnd.TakenAway => "The faults were taken away by someone else",
            ScenarioEnd.Expired => "The faults have ended by themselves: this command did not run, or did not reach them, for longer than "
                + "they last",
            _ when scenario.Faults.Count == 0 => "Ended",
            _ => "The faults are taken away",
        })
        + (leftOn.Count == 0
            ? "."
            : $"; {string.Join(", ", leftOn)} did not answer, and {(leftOn.Count == 1 ? "its" : "their")} faults end by themselves within "
                + $"{Duration.Format(FaultKeeper.TimeToLive)}."));

    /// <inheritdoc/>
    public void Conclude(ScenarioOutcome outcome)
    {
        if (outcome.Load is { } load)
        {
            Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{load.Total.Sent:N0} requests were sent, {load.Total.Sent - load.Total.Good:N0} of them without a good answer."));
        }
    }

    private void Stamp(string text) => Write($"{time.GetLocalNow():HH:mm:ss} {text}");

    private void Write(params IEnumerable<string> texts)
    {
        foreach (var line in texts.SelectMany(text => text.Length == 0 ? [text] : LoadText.Wrap(text)))
        {
            output.WriteLine(line);
        }
    }
}

/// <summary>For programs: one event a line.</summary>
/// <param name="scenario">The scenario.</param>
/// <param name="time">Tells the time.</param>
internal sealed class JsonScenarioView(Scenario scenario, TimeProvider time) : IScenarioView
{
    /// <summary>Questions to Prometheus are to be read and copied: quotes stay as they are.</summary>
    private static readonly ScenarioEventJson Json = new(
        new JsonSerializerOptions(ScenarioEventJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private ScenarioIntroduction? _introduction;

    /// <inheritdoc/>
    public void Introduce(ScenarioIntroduction introduction) => _introduction = introduction;

    /// <inheritdoc/>
    public void Began(IReadOnlyList<FaultTarget> targets) => Write(Event("began") with
    {
        Place = _introduction!.Place,
        Page = _introduction.Page,
        Prometheus = _introduction.Prometheus,
        WindowSeconds = _introduction.Window.TotalSeconds,
        ForSeconds = _introduction.For?.TotalSeconds,
        Processes = [.. targets.Select(target => target.Name)],
        Expected = scenario.Symptoms,
    });

    /// <inheritdoc/>
    public void Saw(SymptomReport report) => Write(Event((report.Phase, report.IsThere) switch
    {
        (SymptomPhase.During, true) => "seen",
        (SymptomPhase.During, false) => "not-seen",
        (_, true) => "cleared",
        _ => "not-cleared",
    }) with
    {
        Symptom = report.Symptom.Name,
        Query = report.Symptom.Expression,
        AfterSeconds = Math.Round(report.After.TotalSeconds, 1),
        Values = report.Values,
    });

    /// <inheritdoc/>
    public void Say(string text) => Write(Event("message") with { Message = text });

    /// <inheritdoc/>
    public void Ended(ScenarioEnd end, IReadOnlyList<string> leftOn) => Write(Event("ended") with { End = end, LeftOn = leftOn });

    /// <inheritdoc/>
    public void Conclude(ScenarioOutcome outcome) => Write(Event("done") with
    {
        End = outcome.End,
        Symptoms = outcome.Symptoms,
        Sent = outcome.Load?.Total.Sent,
        Failed = outcome.Load is { } load ? load.Total.Sent - load.Total.Good : null,
    });

    private ScenarioEvent Event(string name) => new(name, time.GetUtcNow(), scenario.Name);

    private static void Write(ScenarioEvent happened) =>
        ToolOutput.Data.WriteLine(JsonSerializer.Serialize(happened, Json.ScenarioEvent));
}

/// <summary>A line of <c>scenario start --output json</c>. What does not belong to an event is not there.</summary>
/// <param name="Event">
/// <c>began</c>, <c>seen</c>, <c>not-seen</c>, <c>ended</c>, <c>cleared</c>, <c>not-cleared</c>, <c>message</c>, and at the end
/// <c>done</c>.
/// </param>
/// <param name="At">When it was.</param>
/// <param name="Scenario">The name of the scenario.</param>
internal sealed record ScenarioEvent(string Event, DateTimeOffset At, string Scenario)
{
    /// <summary>Which Bookinfo it is.</summary>
    public string? Place { get; init; }

    /// <summary>Where requests are sent.</summary>
    public Uri? Page { get; init; }

    /// <summary>Where symptoms are looked for.</summary>
    public Uri? Prometheus { get; init; }

    /// <summary>What <c>$window</c> in the questions to Prometheus stands for.</summary>
    public double? WindowSeconds { get; init; }

    /// <summary>How long the faults stay.</summary>
    public double? ForSeconds { get; init; }

    /// <summary>The processes that have the faults.</summary>
    public IReadOnlyList<string>? Processes { get; init; }

    /// <summary>What must be seen.</summary>
    public ScenarioSymptoms? Expected { get; init; }

    /// <summary>A symptom.</summary>
    public string? Symptom { get; init; }

    /// <summary>What Prometheus was asked.</summary>
    public string? Query { get; init; }

    /// <summary>How long after the faults were set or taken away.</summary>
    public double? AfterSeconds { get; init; }

    /// <summary>What Prometheus answered.</summary>
    public IReadOnlyList<double>? Values { get; init; }

    /// <summary>Why the scenario ended.</summary>
    public ScenarioEnd? End { get; init; }

    /// <summary>Processes that may have faults for some seconds still.</summary>
    public IReadOnlyList<string>? LeftOn { get; init; }

    /// <summary>What has become of each symptom.</summary>
    public IReadOnlyList<SymptomOutcome>? Symptoms { get; init; }

    /// <summary>How many requests were sent.</summary>
    public long? Sent { get; init; }

    /// <summary>How many of them got no good answer.</summary>
    public long? Failed { get; init; }

    /// <summary>What the user has to know.</summary>
    public string? Message { get; init; }
}

/// <summary>How the lines of <c>scenario start --output json</c> are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(DurationConverter), typeof(ScenarioEndConverter)])]
[JsonSerializable(typeof(ScenarioEvent))]
internal sealed partial class ScenarioEventJson : JsonSerializerContext;
