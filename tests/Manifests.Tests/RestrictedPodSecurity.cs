using System.Text.Json.Nodes;

namespace Manifests.Tests;

/// <summary>
/// The level <c>restricted</c> of the Pod Security Standards, with the level <c>baseline</c> that it includes:
/// https://kubernetes.io/docs/concepts/security/pod-security-standards/.
/// </summary>
internal static class RestrictedPodSecurity
{
    private static readonly string[] Volumes =
    [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
    ];

    private static readonly string[] Sysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ];

    /// <summary>Checks the specification of a pod.</summary>
    /// <returns>What the level forbids.</returns>
    public static IEnumerable<string> FindingsIn(JsonNode pod)
    {
        foreach (var name in new[] { "hostNetwork", "hostPID", "hostIPC" }.Where(name => IsTrue(pod[name])))
        {
            yield return name;
        }

        foreach (var volume in Manifest.Items(pod["volumes"])
            .SelectMany(volume => volume.AsObject()).Where(field => field.Key != "name" && !Volumes.Contains(field.Key)))
        {
            yield return $"volume of type {volume.Key}";
        }

        foreach (var sysctl in Manifest.Items(pod["securityContext"]?["sysctls"])
            .Select(sysctl => $"{sysctl["name"]}").Where(name => !Sysctls.Contains(name)))
        {
            yield return $"sysctl {sysctl}";
        }

        foreach (var finding in Manifest.Items(pod["initContainers"])
            .Concat(Manifest.Items(pod["containers"])).SelectMany(container => FindingsIn(pod["securityContext"], container)))
        {
            yield return finding;
        }
    }

    private static IEnumerable<string> FindingsIn(JsonNode? pod, JsonNode container)
    {
        var own = container["securityContext"];
        JsonNode? Effective(string name) => own?[name] ?? pod?[name];

        if (IsTrue(own?["privileged"]))
        {
            yield return "privileged";
        }

        if (own?["allowPrivilegeEscalation"] is not JsonValue escalation || (bool)escalation)
        {
            yield return "allowPrivilegeEscalation";
        }

        if (!Manifest.Items(own?["capabilities"]?["drop"]).Any(capability => $"{capability}" == "ALL")
            || Manifest.Items(own?["capabilities"]?["add"]).Any(capability => $"{capability}" != "NET_BIND_SERVICE"))
        {
            yield return "capabilities";
        }

        if (!IsTrue(Effective("runAsNonRoot")))
        {
            yield return "runAsNonRoot";
        }

        if (new[] { pod?["runAsUser"], own?["runAsUser"] }.Any(user => $"{user}" == "0"))
        {
            yield return "runAsUser";
        }

        if ($"{Effective("seccompProfile")?["type"]}" is not ("RuntimeDefault" or "Localhost"))
        {
            yield return "seccompProfile";
        }

        if ($"{Effective("appArmorProfile")?["type"]}" is not ("" or "RuntimeDefault" or "Localhost"))
        {
            yield return "appArmorProfile";
        }

        if ($"{own?["procMount"]}" is not ("" or "Default"))
        {
            yield return "procMount";
        }

        var seLinux = Effective("seLinuxOptions");
        if ($"{seLinux?["type"]}" is not ("" or "container_t" or "container_init_t" or "container_kvm_t" or "container_engine_t")
            || seLinux?["user"] is not null || seLinux?["role"] is not null)
        {
            yield return "seLinuxOptions";
        }

        if (Manifest.Items(container["ports"]).Any(port => $"{port["hostPort"]}" is not ("" or "0")))
        {
            yield return "hostPort";
        }
    }

    private static bool IsTrue(JsonNode? flag) => flag is not null && (bool)flag;
}
