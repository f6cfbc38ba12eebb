using System.Text.RegularExpressions;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>Finds out why a pod is not ready, from its status and from what was reported about it.</summary>
internal static partial class PodDiagnosis
{
    private const int SignalBase = 128;
    private const int HighestSignal = 64;

    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    /// <summary>What others may still put right: a ConfigMap that is made a moment later, a quota that old pods still use up.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(5);

    /// <summary>Looks at a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="events">Events of its namespace.</param>
    /// <returns>The problem; <see langword="null"/> when it is ready, or nothing is wrong with it so far.</returns>
    public static PodProblem? Diagnose(V1Pod pod, IReadOnlyList<Corev1Event> events)
    {
        if (pod.Metadata.DeletionTimestamp is not null || IsReady(pod))
        {
            return null;
        }

        var subject = $"pod {pod.Metadata.Name}";
        if (pod.Status is { Phase: "Failed", Reason: { } reason })
        {
            return new PodProblem(subject, reason, $"has failed: {pod.Status.Message ?? reason}", IsOnce(pod) ? AtOnce : null);
        }

        if (pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
        {
            // Not certain: an autoscaler may add a node, or another pod may leave one.
            return unscheduled.Reason == "SchedulingGated"
                ? new PodProblem(subject, unscheduled.Reason, $"is held back by a scheduling gate "
                    + $"({Names(pod.Spec.SchedulingGates?.Select(gate => gate.Name))}), which something else has to remove", null)
                : new PodProblem(
                    subject, "Unschedulable", $"fits on no node: {unscheduled.Message ?? unscheduled.Reason ?? "nothing says why"}", null);
        }

        var mine = events.Where(one => one.InvolvedObject.Uid == pod.Metadata.Uid).ToList();
        var statuses = (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).Where(status => !status.Ready);
        return statuses.Select(status => Diagnose(subject, pod, status, mine)).FirstOrDefault(problem => problem is not null)
            ?? DiagnoseCreation(subject, mine)
            ?? (pod.Status?.Phase == "Failed" ? new PodProblem(
                subject, "Failed", "has failed, and nothing says why", IsOnce(pod) ? AtOnce : null) : null)
            ?? DiagnoseGates(subject, pod);
    }

    /// <summary>What a pod waits for in which nothing is wrong so far. It is worth telling when the pod has taken too long.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>What it waits for; <see langword="null"/> when it is ready, or says nothing.</returns>
    public static PodProblem? Await(V1Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null || IsReady(pod))
        {
            return null;
        }

        var subject = $"pod {pod.Metadata.Name}";
        if (pod.Status?.InitContainerStatuses?.FirstOrDefault(status => status.State?.Running is not null
            && !(status.Started == true && PodContainers.IsSidecar(pod.Spec, status))) is { } running)
        {
            return new PodProblem(subject, "PodInitializing", PodContainers.IsSidecar(pod.Spec, running)
                ? $"waits for its init container {running.Name} to have started"
                : $"waits for its init container {running.Name}, which is still running", null)
            {
                Log = (running.Name, false),
            };
        }

        return pod.Status?.Conditions?.FirstOrDefault(condition => condition is
        { Type: "Initialized" or "ContainersReady" or "Ready", Status: "False", Message.Length: > 0 }) is { } missing
            ? new PodProblem(subject, missing.Reason ?? missing.Type, $"is not ready: {missing.Message}", null)
            : null;
    }

    /// <summary>Looks at a Deployment whose pods are not even made: a quota or an admission controller is against it.</summary>
    /// <param name="deployment">The Deployment.</param>
    public static PodProblem? Diagnose(V1Deployment deployment)
    {
        var subject = $"Deployment {deployment.Metadata.Name}";
        if (deployment.Spec?.Paused == true)
        {
            return new PodProblem(subject, "Paused", "is paused, so that its pods are not replaced", Brief)
            {
                Hint = $"Go on with 'kubectl rollout resume deployment/{deployment.Metadata.Name} --namespace "
                    + $"{deployment.Metadata.NamespaceProperty}'.",
            };
        }

        if (deployment.Status?.Conditions?.FirstOrDefault(
            condition => condition is { Type: "ReplicaFailure", Status: "True" }) is { } failure)
        {
            return new PodProblem(subject, failure.Reason ?? "FailedCreate", $"its pods are refused: {failure.Message}", Brief);
        }

        // Not certain: it says no more than that it has taken long so far.
        return deployment.Status?.Conditions?.FirstOrDefault(
            condition => condition is { Type: "Progressing", Status: "False" }) is { } stuck
            ? new PodProblem(subject, stuck.Reason ?? "NoProgress", $"does not get on: {stuck.Message ?? stuck.Reason}", null)
            : null;
    }

    /// <summary>Whether a pod is ready.</summary>
    /// <param name="pod">The pod.</param>
    public static bool IsReady(V1Pod pod) =>
        pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    /// <summary>Whether nothing is started again, as in a Job.</summary>
    private static bool IsOnce(V1Pod pod) => pod.Spec.RestartPolicy == "Never";

    private static PodProblem? Diagnose(string subject, V1Pod pod, V1ContainerStatus status, List<Corev1Event> events)
    {
        if (status.State?.Waiting is { } waiting)
        {
            switch (waiting.Reason)
            {
                case "ErrImagePull" or "ImagePullBackOff" or "InvalidImageName" or "ErrImageNeverPull" or "ImageInspectError"
                    or "RegistryUnavailable":
                    return DiagnosePull(subject, status, waiting, events);
                case "CreateContainerConfigError":
                    return new PodProblem(subject, waiting.Reason, $"cannot be configured: {waiting.Message}", Brief);
                case "CreateContainerError" or "RunContainerError":
                    return new PodProblem(subject, waiting.Reason, $"its container cannot be started: {waiting.Message}", Brief);
                case "CrashLoopBackOff" when status.LastState?.Terminated is { } last:
                    return Crash(subject, pod, status, last, events, previous: true, AtOnce);
            }
        }

        if (status.State?.Terminated is { } ended && !(ended.ExitCode == 0 && pod.Status.InitContainerStatuses?.Contains(status) == true))
        {
            // Once may be chance, twice is not.
            return Crash(subject, pod, status, ended, events, previous: false, status.RestartCount > 0 || IsOnce(pod) ? AtOnce : null);
        }

        if (status.State?.Running is not null && Probe(events) is { } probe)
        {
            return new PodProblem(subject, "Unhealthy", $"runs but is not ready: {probe}", null);
        }

        if (status is { State.Running: not null, LastState.Terminated: { } before })
        {
            return Crash(subject, pod, status, before, events, previous: true, null);
        }

        return null;
    }

    private static PodProblem DiagnosePull(
        string subject, V1ContainerStatus status, V1ContainerStateWaiting waiting, List<Corev1Event> events)
    {
        var image = status.Image;
        // The state says why only until the kubelet begins to wait; the event stays.
        var failures = events.Where(
            one => one.Reason is "Failed" or "InspectFailed" && one.Message?.Contains(image, StringComparison.Ordinal) == true).ToList();
        var message = (waiting.Reason is "ImagePullBackOff" ? failures.LastOrDefault()?.Message : null) ?? waiting.Message
            ?? waiting.Reason;
        var tries = failures.Sum(one => one.Count ?? 1);
        var isLoaded = image.StartsWith($"{Kustomization.UsualRegistry}/", StringComparison.Ordinal);
        var certain = isLoaded || waiting.Reason is "InvalidImageName" or "ErrImageNeverPull" || Permanent().IsMatch(message) || tries > 1;
        return new PodProblem(
            subject, waiting.Reason, $"its image {image} cannot be pulled: {ShortenPull(message)}", certain ? AtOnce : null)
        {
            Hint = isLoaded
                ? "Check --tag. Images of that name are in no registry: build them with './bookinfo images build --save images' and load "
                    + "them into every node (docs/kubernetes.md), or push them to a registry and say which with --registry."
                : "Check --registry and --tag. A cluster that reaches no registry needs the images loaded into its nodes.",
        };
    }

    /// <summary>Takes from the layers of a message about an image what the registry, or the way to it, said.</summary>
    private static string ShortenPull(string message)
    {
        var text = PullNoise().Replace(message, "");
        return text.Length > 0 ? text : message;
    }

    private static PodProblem Crash(
        string subject, V1Pod pod, V1ContainerStatus status, V1ContainerStateTerminated ended, List<Corev1Event> events, bool previous,
        TimeSpan? grace)
    {
        var limits = PodContainers.Running(pod.Spec).FirstOrDefault(container => container.Name == status.Name)?.Resources?.Limits;
        var limit = limits?.TryGetValue("memory", out var memory) == true ? $" of {memory}" : "";
        var killing = events.LastOrDefault(
            one => one.Reason == "Killing" && one.Message?.Contains("probe", StringComparison.Ordinal) == true);
        var why = ended switch
        {
            { Reason: "OOMKilled" } => $"was ended because it used more memory than its limit{limit} (OOMKilled)",
            _ when killing is not null => $"was ended by the kubelet: {Probe(events) ?? killing.Message}",
            { Signal: > 0 } => $"was ended by signal {ended.Signal}",
            { ExitCode: > SignalBase and <= SignalBase + HighestSignal } => $"was ended by signal {ended.ExitCode - SignalBase}",
            _ => $"ended with exit code {ended.ExitCode}",
        };
        var times = status.RestartCount switch
        {
            0 => "",
            1 => ", and was restarted once",
            var count => $", and was restarted {count} times",
        };
        return new PodProblem(
            subject,
            ended.Reason == "OOMKilled" ? "OOMKilled" : status.State?.Waiting?.Reason ?? "Error",
            $"container {status.Name} {why}{times}{(ended.Message is { Length: > 0 } message ? $": {message.Trim()}" : "")}",
            grace)
        {
            Log = (status.Name, previous),
        };
    }

    /// <summary>Looks at a pod that runs, and waits for what others say of it: the controller of a load balancer, for instance.</summary>
    private static PodProblem? DiagnoseGates(string subject, V1Pod pod) =>
        pod.Status?.Conditions?.FirstOrDefault(
            condition => condition is { Type: "Ready", Status: "False", Reason: "ReadinessGatesNotReady" }) is { } gated
            ? new PodProblem(
                subject, gated.Reason, $"runs, and waits for a readiness gate: "
                    + $"{gated.Message ?? Names(pod.Spec.ReadinessGates?.Select(gate => gate.ConditionType))}", null)
            : null;

    private static string Names(IEnumerable<string>? names) => string.Join(", ", names ?? []);

    private static PodProblem? DiagnoseCreation(string subject, List<Corev1Event> events) =>
        events.LastOrDefault(one => one.Type == "Warning"
            && one.Reason is "FailedMount" or "FailedAttachVolume" or "FailedCreatePodSandBox" or "FailedCreatePodContainer") is { } failure
            ? new PodProblem(subject, failure.Reason, $"its container cannot be created: {failure.Message}", null)
            : null;

    private static string? Probe(List<Corev1Event> events) => events.LastOrDefault(one => one.Reason == "Unhealthy")?.Message?.Trim();

    [GeneratedRegex(
        "not found|manifest unknown|does not exist|unauthorized|authorization failed|denied|no match for platform|no matching "
        + "manifest|invalid reference|couldn't parse|no such host|network is unreachable|no route to host",
        RegexOptions.IgnoreCase)]
    private static partial Regex Permanent();

    [GeneratedRegex(
        """^.*(?:failed to resolve reference "[^"]*": |failed to pull and unpack image "[^"]*": |"""
        + """Failed to pull image "[^"]*": |code = \w+ desc = )(?:failed to do request: )?(?:Head "[^"]*": )?""")]
    private static partial Regex PullNoise();
}

/// <summary>Why a pod is not ready.</summary>
/// <param name="Subject">The pod, as <c>pod details-v1-abc</c>; the Deployment where there is none.</param>
/// <param name="Reason">The kind of problem in one word, as Kubernetes says it: <c>ImagePullBackOff</c>, <c>Unschedulable</c>, ...</param>
/// <param name="Message">What is wrong, in a sentence.</param>
/// <param name="Grace">How long it may last before it is certain not to pass; <see langword="null"/> when it may pass at any time.</param>
public sealed record PodProblem(string Subject, string Reason, string Message, TimeSpan? Grace)
{
    /// <summary>
    /// Where the last words of the container are: the name of the container, and whether that is its previous run. <see langword="null"/>
    /// when it did not crash.
    /// </summary>
    public (string Container, bool Previous)? Log { get; init; }

    /// <summary>What to do about it; <see langword="null"/> when the message says all.</summary>
    public string? Hint { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Subject}: {Message}";
}
