using Bookinfo.Cli.Doctor;
using Bookinfo.Cli.Local;
using Bookinfo.Contracts;

namespace Bookinfo.Cli.Tests;

/// <summary>How <c>doctor</c> judges what is on this machine.</summary>
public sealed class DoctorMachineTests
{
    [Theory]
    [InlineData("10.0.100 [/usr/share/dotnet/sdk]\n", nameof(CheckState.Ok), "10.0.100")]
    [InlineData("9.0.300 [/a]\n10.0.204 [/a]\n10.0.101 [/a]\n11.0.100-preview.1 [/a]\n", nameof(CheckState.Ok), "10.0.204")]
    [InlineData("9.0.300 [/a]\n10.1.100 [/a]\n11.0.100 [/a]\n", nameof(CheckState.Problem), "10.0 is needed (10.0.100 or a later feature band); installed: 9.0.300, 10.1.100, 11.0.100")]
    [InlineData("", nameof(CheckState.Problem), "none is installed")]
    public void The_SDK_is_chosen_as_global_json_has_it(string list, string state, string detail)
    {
        var result = SdkCheck.Judge(new Version(10, 0, 100), list);

        Assert.Equal(state, $"{result.State}");
        Assert.Contains(detail, result.Detail);
    }

    [Fact]
    public void Ports_that_up_itself_has_are_fine()
    {
        var details = ServiceCatalog.Details;
        Assert.Equal(CheckState.Ok, LocalPortsCheck.Judge([(details.Versions[0], details.Project, new PortOwner(7, "Bookinfo.Details"))]).State);
        Assert.Equal(CheckState.Warning, LocalPortsCheck.Judge([(details.Versions[0], details.Project, new PortOwner(7, "Bookinfo.Ratings"))]).State);
        Assert.Contains("9081 is taken by another process", LocalPortsCheck.Judge([(details.Versions[0], details.Project, null)]).Detail);
    }
}
