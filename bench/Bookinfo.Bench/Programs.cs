using System.Globalization;
using System.Security.Cryptography;

namespace Bookinfo.Bench;

/// <summary>The programs that are measured, and how they are started. Each call gives ports of their own to what it defines.</summary>
/// <param name="root">The directory of the project.</param>
/// <param name="runtime">The runtime identifier that they were published for.</param>
internal sealed class Programs(string root, string runtime)
{
    private const int FirstPort = 31700;

    private int _ports;

    /// <summary>The executable of a service.</summary>
    /// <param name="project">The last part of its project's name.</param>
    public string Executable(string project) =>
        Path.Combine(root, "artifacts", "publish", $"Bookinfo.{project}", $"release_{runtime}", $"Bookinfo.{project}");

    /// <summary>The executable of the reference.</summary>
    public string Reference => Path.Combine(root, "artifacts", "publish", "Bookinfo.Reference", $"release_{runtime}", "bookinfo-reference");

    /// <summary>
    /// The services: details, ratings, reviews-v1, reviews-v2 with ratings, productpage with reviews-v2, and productpage-reviews-v1, which
    /// has reviews-v1 instead.
    /// </summary>
    public IReadOnlyList<ServerDefinition> Services()
    {
        var details = Service("details", "Details");
        var ratings = Service("ratings", "Ratings");
        var first = Service("reviews-v1", "Reviews");
        var second = Service("reviews-v2", "Reviews", [("ENABLE_RATINGS", "true"), .. At("RATINGS", ratings)]);
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));
        return
        [
            details,
            ratings,
            first,
            second,
            Service(
                "productpage",
                "ProductPage",
                [("SESSION_KEY", key), .. At("DETAILS", details), .. At("RATINGS", ratings), .. At("REVIEWS", second)]),
            Service(
                "productpage-reviews-v1",
                "ProductPage",
                [("SESSION_KEY", key), .. At("DETAILS", details), .. At("RATINGS", ratings), .. At("REVIEWS", first)]),
        ];
    }

    /// <summary>A bare service.</summary>
    /// <param name="answer">What it answers.</param>
    /// <param name="calls">What it asks before.</param>
    public ServerDefinition Bare(StaticAnswer answer, params Uri[] calls)
    {
        var port = NextPort();
        // A copy each: four services are four programs, and what one of them leaves of its code in the processor's caches is of no use to
        // the next.
        var program = Path.Combine(Path.GetDirectoryName(answer.File)!, $"bookinfo-reference-{Text(port)}");
        File.Copy(Reference, program);
        return new ServerDefinition(
            $"bare {answer.Target}", program, [Text(port), answer.ContentType, answer.File, .. calls.Select(call => call.ToString())],
            new Dictionary<string, string>(), port, "/");
    }

    /// <summary>nginx with static files, one process of it.</summary>
    /// <param name="answers">The files.</param>
    /// <param name="directory">Where its own files go.</param>
    public ServerDefinition Nginx(IReadOnlyList<StaticAnswer> answers, string directory)
    {
        var port = NextPort();
        var locations = string.Concat(answers.Select(answer =>
            $$"""        location = /{{answer.Target}} { alias {{answer.File}}; default_type "{{answer.ContentType}}"; }{{'\n'}}"""));
        var file = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off;
            master_process off;
            pid {{directory}}/nginx.pid;
            error_log stderr error;
            events { worker_connections 2048; }
            http {
                access_log off;
                etag off;
                sendfile on;
                tcp_nodelay on;
                keepalive_requests 1000000000;
                open_file_cache max=16;
                client_body_temp_path {{directory}}/nginx-body;
                proxy_temp_path {{directory}}/nginx-proxy;
                fastcgi_temp_path {{directory}}/nginx-fastcgi;
                uwsgi_temp_path {{directory}}/nginx-uwsgi;
                scgi_temp_path {{directory}}/nginx-scgi;
                server {
                    listen 127.0.0.1:{{Text(port)}} backlog=4096;
            {{locations}}    }
            }
            """);
        return new ServerDefinition(
            "nginx", "nginx", ["-c", file, "-p", directory], new Dictionary<string, string>(), port, $"/{answers[0].Target}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<(string, string)> At(string service, ServerDefinition server) =>
        [($"{service}_HOSTNAME", "127.0.0.1"), ($"{service}_SERVICE_PORT", Text(server.Port))];

    private int NextPort() => FirstPort + _ports++;

    private ServerDefinition Service(string name, string project, params IEnumerable<(string Name, string Value)> settings)
    {
        var port = NextPort();
        // What is on by default is on, and nothing is sent anywhere.
        var environment = settings.Append(("ASPNETCORE_URLS", $"http://127.0.0.1:{Text(port)}"))
            .Append(("DRAIN_SECONDS", "0"))
            // 1,000 connections at once are measured beside servers without such a limit.
            .Append(("MAX_CONCURRENT_REQUESTS", "100000"))
            .ToDictionary(setting => setting.Item1, setting => setting.Item2);
        return new ServerDefinition(name, Executable(project), [], environment, port, "/health/ready");
    }
}
