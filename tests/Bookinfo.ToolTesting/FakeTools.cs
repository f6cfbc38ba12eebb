using System.Text.Json.Nodes;

namespace Bookinfo.ToolTesting;

/// <summary>A directory of programs that stand in for real ones: all that is in <c>PATH</c> of what is run with it.</summary>
public sealed class FakeTools : IDisposable
{
    /// <summary>Two pods of one image, and NodePort 30080.</summary>
    public const string Manifests =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: productpage, namespace: bookinfo}
        spec: {type: NodePort, ports: [{name: http, port: 9080, nodePort: 30080}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: details-v1, namespace: bookinfo}
        spec:
          replicas: 2
          selector: {matchLabels: {app: details}}
          template:
            metadata: {labels: {app: details}}
            spec:
              containers:
                - name: details
                  image: localhost/bookinfo/details:0.1.0
                  resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-tools-");

    public string Path => _directory.FullName;

    /// <summary>Adds a program.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="script">What it does, for <c>sh</c>.</param>
    public FakeTools Add(string name, string script)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return this;
    }

    /// <summary>Makes the kubectl that is there do something else with some arguments.</summary>
    /// <param name="cases">Patterns of its arguments with what it does, for <c>sh</c>: <c>*pod/a*) echo b ;;</c>.</param>
    public FakeTools ChangeKubectl(string cases)
    {
        var kubectl = System.IO.Path.Combine(Path, "kubectl");
        File.Move(kubectl, $"{kubectl}-rest", overwrite: true);
        return Add("kubectl", $"""
            case "$*" in
            {cases}
            *) exec {kubectl}-rest "$@" ;;
            esac
            """);
    }

    /// <summary>Adds a kubectl that knows one context.</summary>
    /// <param name="server">The address of its cluster; <see langword="null"/> when nothing is configured.</param>
    /// <param name="version">Its own version.</param>
    /// <param name="manifests">What it renders.</param>
    /// <param name="refusal">What it says to requests.</param>
    public FakeTools AddKubectl(string? server, string version = "v1.30.1", string manifests = Manifests, string refusal = "")
    {
        var config = new JsonObject
        {
            ["kind"] = "Config",
            ["apiVersion"] = "v1",
            ["current-context"] = "fake",
            ["contexts"] = new JsonArray(
                new JsonObject { ["name"] = "fake", ["context"] = new JsonObject { ["cluster"] = "fake", ["user"] = "fake" } }),
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = "fake", ["cluster"] = new JsonObject { ["server"] = server } }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "fake", ["user"] = new JsonObject { ["token"] = "t" } }),
        };
        File.WriteAllText(System.IO.Path.Combine(Path, "config.json"), config.ToJsonString());
        File.WriteAllText(System.IO.Path.Combine(Path, "manifests.yaml"), manifests);
        File.WriteAllText(System.IO.Path.Combine(Path, "refusal.txt"), refusal);
        var view = server is null
            ? "echo 'error: current-context must exist in order to minify' >&2; exit 1"
            : $"""
                case "$*" in
                    *"--context fake"*) ;;
                    *--context*) echo 'error: cannot locate context' >&2; exit 1 ;;
                esac
                exec /bin/cat {Path}/config.json
                """;
        var contexts = server is null ? ":" : "echo fake; echo other";
        return Add("kubectl", $$$"""
            case "$1 $2" in
                "version --client") echo '{"clientVersion":{"gitVersion":"{{{version}}}"}}' ;;
                "config view") {{{view}}} ;;
                "config get-contexts") {{{contexts}}} ;;
                "get --raw") /bin/cat {{{Path}}}/refusal.txt >&2; exit 1 ;;
                "apply --filename=-") while read -r line; do :; done; echo 'service/productpage created' ;;
                kustomize*) exec /bin/cat {{{Path}}}/manifests.yaml ;;
                *) echo "error: what is $*?" >&2; exit 1 ;;
            esac
            """);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
