using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>Why a pod is not ready, told from what the API says of it.</summary>
public sealed class PodDiagnosisTests
{
    private const string Image = "bookinfo/details:9";

    /// <summary>What kubelets with containerd, 1.20 to 1.33, and registries say of an image, and whether another try can help.</summary>
    [Theory]
    [InlineData(
        true,
        "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/bookinfo/details:9\": "
            + "failed to resolve reference \"docker.io/bookinfo/details:9\": docker.io/bookinfo/details:9: not found",
        "docker.io/bookinfo/details:9: not found")]
    [InlineData(
        true,
        "failed to pull and unpack image \"docker.io/bookinfo/details:9\": "
            + "failed to resolve reference \"docker.io/bookinfo/details:9\": pull access denied, "
            + "repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        "pull access denied, "
            + "repository does not exist or may require authorization: server message: insufficient_scope: authorization failed")]
    [InlineData(
        true,
        "rpc error: code = Unknown desc = failed to pull and unpack image \"docker.io/bookinfo/details:9\": "
            + "failed to resolve reference \"docker.io/bookinfo/details:9\": failed to do request: "
            + "Head \"https://registry-1.docker.io/v2/bookinfo/details/manifests/9\": "
            + "dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host",
        "dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host")]
    [InlineData(
        false,
        "rpc error: code = Unknown desc = failed to pull and unpack image \"docker.io/bookinfo/details:9\": "
            + "failed to resolve reference \"docker.io/bookinfo/details:9\": failed to do request: "
            + "Head \"https://r/v2/\": net/http: TLS handshake timeout",
        "net/http: TLS handshake timeout")]
    [InlineData(
        false,
        "failed to resolve reference \"docker.io/bookinfo/details:9\": "
            + "unexpected status from HEAD request to https://r/v2/: 503 Service Unavailable",
        "unexpected status from HEAD request to https://r/v2/: 503 Service Unavailable")]
    public void A_failed_pull_says_why_and_is_certain_only_when_the_next_would_fail_too(bool certain, string message, string shown)
    {
        var pod = Waiting("ErrImagePull", message);

        var problem = PodDiagnosis.Diagnose(pod, []);

        Assert.NotNull(problem);
        Assert.Equal($"pod p: its image {Image} cannot be pulled: {shown}", problem.ToString());
        Assert.Equal(certain ? TimeSpan.Zero : null, problem.Grace);
        Assert.NotNull(problem.Hint);
    }

    [Fact]
    public void While_the_kubelet_waits_the_reason_is_in_the_event_and_a_second_failure_is_certain()
    {
        var pod = Waiting("ImagePullBackOff", $"Back-off pulling image \"{Image}\"");
        Corev1Event failure = Event("Failed", $"Failed to pull image \"{Image}\": rpc error: code = Unknown desc = failed to resolve "
            + $"reference \"{Image}\": 503 Service Unavailable");

        var once = PodDiagnosis.Diagnose(pod, [failure]);
        failure.Count = 2;
        var twice = PodDiagnosis.Diagnose(pod, [failure]);

        Assert.Equal($"pod p: its image {Image} cannot be pulled: 503 Service Unavailable", once!.ToString());
        Assert.Null(once.Grace);
        Assert.Equal(TimeSpan.Zero, twice!.Grace);
    }

    [Fact]
    public void An_image_that_only_loading_brings_is_certain_and_the_hint_says_how()
    {
        var pod = Waiting(
            "ErrImagePull",
            "failed to resolve reference \"localhost/bookinfo/details:9\": failed to do request: "
                + "Head \"http://localhost/v2/bookinfo/details/manifests/9\": dial tcp 127.0.0.1:80: connect: connection refused");
        pod.Status.ContainerStatuses[0].Image = "localhost/bookinfo/details:9";

        var problem = PodDiagnosis.Diagnose(pod, []);

        Assert.Equal(
            "pod p: its image localhost/bookinfo/details:9 cannot be pulled: dial tcp 127.0.0.1:80: connect: connection refused",
            problem!.ToString());
        Assert.Equal(TimeSpan.Zero, problem.Grace);
        Assert.Contains("bookinfo images build --save", problem.Hint);
    }

    [Theory]
    [InlineData("InvalidImageName")]
    [InlineData("ErrImageNeverPull")]
    public void An_image_that_nobody_will_pull_is_certain(string reason) =>
        Assert.Equal(TimeSpan.Zero, PodDiagnosis.Diagnose(Waiting(reason, "it is so"), [])!.Grace);

    [Fact]
    public void A_pod_that_fits_nowhere_may_fit_later()
    {
        var pod = Pod();
        pod.Status.Conditions =
        [
            new V1PodCondition
            {
                Type = "PodScheduled",
                Status = "False",
                Reason = "Unschedulable",
                Message = "0/2 nodes are available: 2 Insufficient cpu.",
            },
        ];

        var problem = PodDiagnosis.Diagnose(pod, []);

        Assert.Equal("pod p: fits on no node: 0/2 nodes are available: 2 Insufficient cpu.", problem!.ToString());
        Assert.Null(problem.Grace);
    }

    [Theory]
    [InlineData(
        "SchedulingGated", null, "pod p: is held back by a scheduling gate (kueue.x-k8s.io/admission), which something else has to remove")]
    [InlineData("Unschedulable", null, "pod p: fits on no node: Unschedulable")]
    public void A_pod_that_nothing_is_said_of_is_told_by_the_reason(string reason, string? message, string shown)
    {
        var pod = Pod();
        pod.Spec.SchedulingGates = [new V1PodSchedulingGate { Name = "kueue.x-k8s.io/admission" }];
        pod.Status.Conditions = [new V1PodCondition { Type = "PodScheduled", Status = "False", Reason = reason, Message = message }];

        Assert.Equal(shown, PodDiagnosis.Diagnose(pod, [])!.ToString());
    }

    [Fact]
    public void A_readiness_gate_that_holds_a_pod_back_is_told()
    {
        const string Message = "corresponding condition of pod readiness gate \"target-health.elbv2.k8s.aws/x\" does not exist.";
        var pod = Pod();
        pod.Status.Conditions =
        [
            new V1PodCondition { Type = "Ready", Status = "False", Reason = "ReadinessGatesNotReady", Message = Message },
        ];

        var problem = PodDiagnosis.Diagnose(pod, []);

        Assert.Equal($"pod p: runs, and waits for a readiness gate: {Message}", problem!.ToString());
        Assert.Null(problem.Grace);
    }

    [Fact]
    public void A_Deployment_that_does_not_get_on_says_why()
    {
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = "d", NamespaceProperty = "n" },
            Spec = new V1DeploymentSpec { Paused = true },
        };
        var paused = PodDiagnosis.Diagnose(deployment);
        deployment.Spec.Paused = null;
        deployment.Status = new V1DeploymentStatus
        {
            Conditions =
            [
                new V1DeploymentCondition
                {
                    Type = "Progressing",
                    Status = "False",
                    Reason = "ProgressDeadlineExceeded",
                    Message = "it has timed out",
                },
            ],
        };
        var stuck = PodDiagnosis.Diagnose(deployment);

        Assert.Equal("Deployment d: is paused, so that its pods are not replaced", paused!.ToString());
        Assert.Contains("kubectl rollout resume deployment/d --namespace n", paused.Hint);
        Assert.Equal("Deployment d: does not get on: it has timed out", stuck!.ToString());
        Assert.Null(stuck.Grace);
    }

    [Theory]
    [InlineData("Error", 1, 0, "container details ended with exit code 1, and was restarted once")]
    [InlineData("Error", 255, 0, "container details ended with exit code 255, and was restarted once")]
    [InlineData("Error", 139, 0, "container details was ended by signal 11, and was restarted once")]
    [InlineData("Error", 0, 9, "container details was ended by signal 9, and was restarted once")]
    [InlineData(
        "OOMKilled", 137, 0,
        "container details was ended because it used more memory than its limit of 64Mi (OOMKilled), and was restarted once")]
    public void A_crash_loop_says_how_it_ended_and_where_its_last_words_are(string reason, int exitCode, int signal, string message)
    {
        var pod = Waiting("CrashLoopBackOff", "back-off 10s restarting failed container");
        pod.Status.ContainerStatuses[0].RestartCount = 1;
        pod.Status.ContainerStatuses[0].LastState = new V1ContainerState
        {
            Terminated = new V1ContainerStateTerminated { Reason = reason, ExitCode = exitCode, Signal = signal },
        };

        var problem = PodDiagnosis.Diagnose(pod, []);

        Assert.Equal(message, problem!.Message);
        Assert.Equal(TimeSpan.Zero, problem.Grace);
        Assert.Equal(("details", true), problem.Log);
    }

    [Fact]
    public void A_first_crash_is_not_certain()
    {
        var pod = Pod();
        pod.Status.ContainerStatuses[0].State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 1 } };

        var problem = PodDiagnosis.Diagnose(pod, []);

        Assert.Null(problem!.Grace);
        Assert.Equal(("details", false), problem.Log);
    }

    [Fact]
    public void A_container_that_a_probe_ended_says_which()
    {
        var pod = Waiting("CrashLoopBackOff", "back-off");
        pod.Status.ContainerStatuses[0].RestartCount = 2;
        pod.Status.ContainerStatuses[0].LastState = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 137 } };
        Corev1Event[] events =
        [
            Event("Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 503"),
            Event("Killing", "Container details failed liveness probe, will be restarted"),
        ];

        Assert.Equal(
            "container details was ended by the kubelet: Liveness probe failed: HTTP probe failed with statuscode: "
                + "503, and was restarted 2 times",
            PodDiagnosis.Diagnose(pod, events)!.Message);
    }

    [Fact]
    public void A_failing_probe_is_in_the_events_of_this_pod_only()
    {
        var pod = Pod();
        pod.Status.ContainerStatuses[0].State = new V1ContainerState { Running = new V1ContainerStateRunning() };
        var other = Event("Unhealthy", "of another");
        other.InvolvedObject.Uid = "other";

        Assert.Null(PodDiagnosis.Diagnose(pod, [other]));
        Assert.Equal(
            "pod p: runs but is not ready: Readiness probe failed",
            PodDiagnosis.Diagnose(pod, [other, Event("Unhealthy", "Readiness probe failed")])!.ToString());
    }

    [Fact]
    public void What_keeps_a_container_from_being_made_is_told_and_may_pass()
    {
        var missing = PodDiagnosis.Diagnose(Waiting("CreateContainerConfigError", "configmap \"c\" not found"), []);
        var mount = PodDiagnosis.Diagnose(Waiting("ContainerCreating", ""), [Event("FailedMount", "secret \"s\" not found", "Warning")]);

        Assert.Equal("pod p: cannot be configured: configmap \"c\" not found", missing!.ToString());
        Assert.True(missing.Grace > TimeSpan.Zero);
        Assert.Equal("pod p: its container cannot be created: secret \"s\" not found", mount!.ToString());
        Assert.Null(mount.Grace);
    }

    [Fact]
    public void A_Deployment_whose_pods_are_refused_says_by_whom()
    {
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = "d" },
            Status = new V1DeploymentStatus
            {
                Conditions =
                [
                    new V1DeploymentCondition
                    {
                        Type = "ReplicaFailure",
                        Status = "True",
                        Reason = "FailedCreate",
                        Message = "exceeded quota: q",
                    },
                ],
            },
        };

        Assert.Equal("Deployment d: its pods are refused: exceeded quota: q", PodDiagnosis.Diagnose(deployment)!.ToString());
        deployment.Status.Conditions[0].Status = "False";
        Assert.Null(PodDiagnosis.Diagnose(deployment));
    }

    [Fact]
    public void Nothing_is_wrong_with_what_is_ready_or_on_its_way_out_or_just_being_made()
    {
        var ready = Waiting("CrashLoopBackOff", "");
        ready.Status.Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }];
        var leaving = Waiting("ErrImagePull", "not found");
        leaving.Metadata.DeletionTimestamp = DateTime.UnixEpoch;

        Assert.Null(PodDiagnosis.Diagnose(ready, []));
        Assert.Null(PodDiagnosis.Diagnose(leaving, []));
        Assert.Null(PodDiagnosis.Diagnose(Waiting("ContainerCreating", ""), []));
    }

    [Theory]
    [InlineData(null, true, "waits for its init container first, which is still running")]
    [InlineData("Always", false, "waits for its init container first to have started")]
    [InlineData("Always", true, "is not ready: containers with unready status: [details]")]
    public void What_is_waited_for_though_nothing_is_wrong_is_known(string? restartPolicy, bool started, string message)
    {
        var pod = Pod();
        pod.Spec.InitContainers = [new V1Container { Name = "first", RestartPolicy = restartPolicy }];
        pod.Status.InitContainerStatuses =
        [
            new V1ContainerStatus
            {
                Name = "first",
                Started = started,
                State = new V1ContainerState { Running = new V1ContainerStateRunning() },
            },
        ];
        pod.Status.Conditions =
        [
            new V1PodCondition { Type = "Ready", Status = "False", Message = "containers with unready status: [details]" },
        ];

        Assert.Null(PodDiagnosis.Diagnose(pod, []));
        var awaited = PodDiagnosis.Await(pod);

        Assert.Equal(message, awaited!.Message);
        Assert.Equal(started && restartPolicy is not null ? null : ("first", false), awaited.Log);
    }

    private static V1Pod Waiting(string reason, string message)
    {
        var pod = Pod();
        pod.Status.ContainerStatuses[0].State = new V1ContainerState
        {
            Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message },
        };
        return pod;
    }

    private static V1Pod Pod() => new()
    {
        Metadata = new V1ObjectMeta { Name = "p", Uid = "u" },
        Spec = new V1PodSpec
        {
            Containers =
            [
                new V1Container
                {
                    Name = "details",
                    Image = Image,
                    Resources = new V1ResourceRequirements
                    {
                        Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") },
                    },
                },
            ],
        },
        Status = new V1PodStatus { Phase = "Pending", ContainerStatuses = [new V1ContainerStatus { Name = "details", Image = Image }] },
    };

    private static Corev1Event Event(string reason, string message, string type = "Normal") => new()
    {
        Reason = reason,
        Message = message,
        Type = type,
        InvolvedObject = new V1ObjectReference { Kind = "Pod", Name = "p", Uid = "u" },
    };
}
