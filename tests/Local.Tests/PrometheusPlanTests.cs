using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Local.Tests;

/// <summary>How the Prometheus of a run is started.</summary>
public sealed class PrometheusPlanTests
{
    /// <summary>Prometheus takes the paths of its rules as patterns: in a working copy below <c>[work]</c> it would find none.</summary>
    [Fact]
    public void Its_configuration_is_named_from_where_it_is_started()
    {
        var plan = PrometheusProcess.Plan(9090, new SourceTree(WorkingCopy.Root), 30080, new Dictionary<string, string>());

        var file = Assert.Single(plan.Arguments, argument => argument.StartsWith("--config.file=")).Split('=')[1];
        Assert.False(Path.IsPathRooted(file));
        Assert.Equal("prometheus.yml", Path.GetFileName(file));
    }
}
