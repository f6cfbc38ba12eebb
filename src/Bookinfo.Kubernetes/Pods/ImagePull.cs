using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>How a node came by an image.</summary>
/// <param name="Duration">How long pulling took; <see langword="null"/> when the image was there already.</param>
/// <param name="Bytes">How large the image is there, when that is known.</param>
public sealed partial record ImagePull(TimeSpan? Duration, long? Bytes)
{
    /// <summary>Reads it from what the kubelet has reported of a pod. The kubelet of 1.31 and later says the size as well.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="events">Events of its namespace.</param>
    /// <param name="nodes">The nodes, for the sizes of images; may be empty.</param>
    /// <returns>What is known; <see langword="null"/> when the image is not there yet, or the event has expired.</returns>
    public static ImagePull? Find(V1Pod pod, IEnumerable<Corev1Event> events, IReadOnlyList<V1Node> nodes)
    {
        var image = PodContainers.Service(pod).Image;
        var pulled = events.LastOrDefault(one => one.Reason == "Pulled" && one.InvolvedObject.Uid == pod.Metadata.Uid
            && one.Message?.Contains($"\"{image}\"", StringComparison.Ordinal) == true);
        return pulled is null ? null : Parse(pulled.Message) is var pull
            && pull.Bytes is null ? pull with { Bytes = SizeOnNode(pod, image, nodes) } : pull;
    }

    /// <summary>Reads the message of an event.</summary>
    /// <param name="message">The message of the kubelet, whose wording is part of no API: what is not understood is left out.</param>
    public static ImagePull Parse(string message) => new(
        PullTime().Match(message) is { Success: true } time && Contracts.Duration.TryParse(time.Groups[1].Value, out var duration)
            ? duration
            : null,
        ImageSize().Match(message) is { Success: true } size
            && long.TryParse(size.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null);

    /// <summary>The size of an image as a node reports it.</summary>
    /// <param name="pod">A pod on the node.</param>
    /// <param name="image">The image, as the pod names it, if it does.</param>
    /// <param name="nodes">The nodes.</param>
    public static long? SizeOnNode(V1Pod pod, string? image, IReadOnlyList<V1Node> nodes)
    {
        var service = PodContainers.Service(pod).Name;
        var status = pod.Status?.ContainerStatuses?.FirstOrDefault(container => container.Name == service);
        string?[] names = [image, image is null ? null : WithRegistry(image), status?.Image, status?.ImageID];
        return nodes.Where(node => node.Metadata.Name == pod.Spec.NodeName)
            .SelectMany(node => node.Status?.Images ?? [])
            .FirstOrDefault(one => one.Names?.Any(name => names.Contains(name)) == true)?.SizeBytes;
    }

    /// <summary>Nodes list images in full: what names no registry is Docker Hub's.</summary>
    private static string WithRegistry(string image)
    {
        var first = image.Split('/')[0];
        return image.Contains('/') && (first.Contains('.') || first.Contains(':') || first == "localhost") ? image
            : image.Contains('/') ? $"docker.io/{image}" : $"docker.io/library/{image}";
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (Duration is { } duration ? Contracts.Duration.Format(duration) : "present") + (
            Bytes is { } bytes ? $", {ByteSize.Format(bytes)}" : "");

    [GeneratedRegex(@"Successfully pulled image .* in ([0-9.a-zµ]+)")]
    private static partial Regex PullTime();

    [GeneratedRegex(@"Image size: (\d+) bytes")]
    private static partial Regex ImageSize();
}
