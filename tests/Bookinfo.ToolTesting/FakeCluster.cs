using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Bookinfo.Testing;
using k8s;
using k8s.Models;

namespace Bookinfo.ToolTesting;

/// <summary>An API server with objects from a table, and a registry, on the loopback: what a real cluster cannot be put into.</summary>
public sealed class FakeCluster : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, (int Status, string Body, string? Challenge)> _answers = [];
    private readonly CancellationTokenSource _end = new();

    public FakeCluster()
    {
        var port = FreePort.Find();
        Host = $"127.0.0.1:{port}";
        _listener.Prefixes.Add($"http://{Host}/");
        _listener.Start();
        Version("1", "30");
        Nodes(Node("one"));
        Put("/api/v1/pods", new V1PodList { Items = [] });
        Put("/api/v1/services", new V1ServiceList { Items = [] });
        Put("/api/v1/namespaces/bookinfo", new V1Namespace { Metadata = new V1ObjectMeta { Name = "bookinfo" } });
        Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [] });
        Put("/api/v1/namespaces/bookinfo/services", new V1ServiceList { Items = [] });
        Put("/api/v1/namespaces/bookinfo/resourcequotas", new V1ResourceQuotaList { Items = [] });
        Put("/api/v1/namespaces/bookinfo/limitranges", new V1LimitRangeList { Items = [] });
        Answer("/apis/metrics.k8s.io/v1beta1/namespaces/bookinfo/pods", 200, """{"items":[]}""");
        _ = ServeAsync();
    }

    /// <summary>Is told of each request, before it is answered: method and path.</summary>
    public Action<string> Asked { get; set; } = _ => { };

    /// <summary>Is told of each change of an object, before it is answered: path and body.</summary>
    public Action<string, string> Changed { get; set; } = (_, _) => { };

    /// <summary>Answers a request in a way of its own, such as piece by piece, and says whether it did.</summary>
    public Func<HttpListenerContext, Task<bool>> Answers { get; set; } = _ => Task.FromResult(false);

    /// <summary>What was sent last to a path to be kept there.</summary>
    public ConcurrentDictionary<string, string> Sent { get; } = [];

    /// <summary>Address and port.</summary>
    public string Host { get; }

    public string Url => $"http://{Host}";

    /// <summary>What the user may not do: verb and resource, such as <c>create pods/portforward</c>.</summary>
    public Predicate<string> Denies { get; set; } = _ => false;

    /// <summary>The requests, method and path, that are answered as by an API server that cannot answer at the moment.</summary>
    public Predicate<string> Fails { get; set; } = _ => false;

    /// <summary>The paths that are never answered.</summary>
    public Predicate<string> Hangs { get; set; } = _ => false;

    public static V1Node Node(
        string name, string architecture = "amd64", string cpu = "4", string memory = "8Gi", string pods = "110") => new()
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1NodeSpec(),
            Status = new V1NodeStatus
            {
                Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }],
                NodeInfo = new V1NodeSystemInfo { OperatingSystem = "linux", Architecture = architecture },
                Allocatable = new Dictionary<string, ResourceQuantity>
                {
                    ["cpu"] = new(cpu),
                    ["memory"] = new(memory),
                    ["pods"] = new(pods),
                },
                // The second name is how images without one appear on real nodes.
                Images = [new V1ContainerImage { Names = ["localhost/bookinfo/details:0.1.0"] }, new V1ContainerImage { Names = null }],
                Addresses = [new V1NodeAddress { Type = "InternalIP", Address = "127.0.0.1" }],
            },
        };

    public static V1Pod Pod(string node, string cpu = "100m", string memory = "64Mi", bool ours = false) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "pod",
            Uid = "pod",
            Labels = ours ? new Dictionary<string, string> { ["app.kubernetes.io/part-of"] = "bookinfo" } : null,
        },
        Spec = new V1PodSpec
        {
            NodeName = node,
            Containers =
            [
                new V1Container
                {
                    Name = "main",
                    Resources = new V1ResourceRequirements
                    {
                        Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new(memory) },
                    },
                },
            ],
        },
    };

    public void Version(string major, string minor) =>
        Answer("/version", 200, $$"""{"major":"{{major}}","minor":"{{minor}}","gitVersion":"v{{major}}.{{minor}}.0"}""");

    public void Nodes(params V1Node[] nodes) => Put("/api/v1/nodes", new V1NodeList { Items = nodes });

    public void Put(string path, object value) => Answer(path, 200, KubernetesJson.Serialize(value));

    public void Refuse(string path, int status, string message = "no") =>
        Answer(path, status, new JsonObject { ["kind"] = "Status", ["message"] = message }.ToJsonString());

    public void Answer(string path, int status, string body, string? challenge = null) => _answers[path] = (status, body, challenge);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Close();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            if (!Hangs(context.Request.Url!.AbsolutePath))
            {
                _ = AnswerAsync(context);
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath.TrimEnd('/');
        Asked($"{context.Request.HttpMethod} {path}");
        if (await Answers(context))
        {
            return;
        }

        if (context.Request.HttpMethod is "PUT" or "PATCH")
        {
            using var reader = new StreamReader(context.Request.InputStream);
            Sent[path] = await reader.ReadToEndAsync();
            Changed(path, Sent[path]);
        }

        var (status, body, challenge) = Fails($"{context.Request.HttpMethod} {path}")
            ? (503, """{"kind":"Status","message":"etcdserver: leader changed"}""", null)
            : path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
            ? (201, await ReviewAsync(context.Request), null)
            : _answers.TryGetValue($"{path} {context.Request.Headers["Authorization"]}", out var known)
                || _answers.TryGetValue(path, out known)
                ? known
                : (404, """{"kind":"Status","message":"not found"}""", null);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (challenge is not null)
        {
            context.Response.AddHeader("WWW-Authenticate", challenge);
        }

        if (context.Request.HttpMethod != "HEAD")
        {
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        }

        context.Response.Close();
    }

    private async Task<string> ReviewAsync(HttpListenerRequest request)
    {
        using var reader = new StreamReader(request.InputStream);
        var review = KubernetesJson.Deserialize<V1SelfSubjectAccessReview>(await reader.ReadToEndAsync());
        var asked = review.Spec.ResourceAttributes;
        var resource = asked.Subresource is { } subresource ? $"{asked.Resource}/{subresource}" : asked.Resource;
        review.Status = new V1SubjectAccessReviewStatus { Allowed = !Denies($"{asked.Verb} {resource}") };
        return KubernetesJson.Serialize(review);
    }
}
