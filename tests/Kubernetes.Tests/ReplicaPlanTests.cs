using Bookinfo.Measurement;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>How many pods divide requests as asked for, and by how much they miss it.</summary>
public sealed class ReplicaPlanTests
{
    [Theory]
    [InlineData("v1=80,v3=20", 10, "v1 4 pods (80%), v3 1 pod (20%)")]
    [InlineData("v1=90,v3=10", 10, "v1 9 pods (90%), v3 1 pod (10%)")]
    [InlineData("v1=50,v2=25,v3=25", 10, "v1 2 pods (50%), v2 1 pod (25%), v3 1 pod (25%)")]
    [InlineData("v2=100", 10, "v2 1 pod (100%)")]
    [InlineData("v1=85,v3=15", 10, "v1 6 pods (85.7%), v3 1 pod (14.3%): up to 0.7 points from what was asked for, as pods are whole")]
    [InlineData("v1=99,v3=1", 10, "v1 9 pods (90%), v3 1 pod (10%): up to 9.0 points from what was asked for, as pods are whole")]
    [InlineData("v1=99,v3=1", 100, "v1 99 pods (99%), v3 1 pod (1%)")]
    [InlineData("v1=98,v2=1,v3=1", 3, "v1 1 pod (33.3%), v2 1 pod (33.3%), v3 1 pod (33.3%): up to 64.7 points from what was asked for, "
        + "as pods are whole")]
    public void The_fewest_pods_that_come_nearest(string shares, int most, string plan) =>
        Assert.Equal(plan, ReplicaPlan.For(VersionShares.TryParse(shares)!, most).Describe());
}
