using Bookinfo.Cli.Images;
using Bookinfo.Local;

namespace Bookinfo.Cli.Tests;

/// <summary>Which names images can have.</summary>
public sealed class ImageNamesTests
{
    [Theory]
    [InlineData("docker.io/bookinfo")]
    [InlineData("ghcr.io/me/bookinfo")]
    [InlineData("localhost")]
    [InlineData("localhost/bookinfo")]
    [InlineData("localhost:5000")]
    [InlineData("registry:5000/a/b/c")]
    [InlineData("registry:65535/a")]
    [InlineData("Registry.Example/a")]
    [InlineData("10.0.0.1:5000/a")]
    [InlineData("[fd00::1]:5000/a")]
    [InlineData("example.org/a.b_c__d-e--f")]
    public void These_are_registries(string text) => Assert.True(ImageNames.IsRegistry(text));

    [Theory]
    [InlineData("")]
    [InlineData("bookinfo")]
    [InlineData("me/bookinfo")]
    [InlineData("docker.io")]
    [InlineData("ghcr.io/Me/bookinfo")]
    [InlineData("ghcr.io/me/")]
    [InlineData("ghcr.io//me")]
    [InlineData("ghcr.io/me:0.1")]
    [InlineData("https://ghcr.io/me")]
    [InlineData("ghcr.io/a___b")]
    [InlineData("ghcr.io/-a")]
    [InlineData("-ghcr.io/a")]
    [InlineData("ghcr.io./a")]
    [InlineData("ghcr.io:/a")]
    [InlineData("ghcr.io:123456/a")]
    [InlineData("ghcr.io:65536/a")]
    [InlineData("127.0.0.1:99999/me")]
    [InlineData("ghcr.io/a\n")]
    [InlineData("ghcr.io/a b")]
    public void These_are_none(string text) => Assert.False(ImageNames.IsRegistry(text));

    [Fact]
    public void A_name_has_255_characters_at_most()
    {
        var longest = 255 - "/productpage".Length;
        Assert.True(ImageNames.IsRegistry("ghcr.io/".PadRight(longest, 'a')));
        Assert.False(ImageNames.IsRegistry("ghcr.io/".PadRight(longest + 1, 'a')));
    }

    [Theory]
    [InlineData("0.1.0")]
    [InlineData("_A")]
    [InlineData("v1-rc.2_x")]
    public void These_are_tags(string text) => Assert.True(ImageNames.IsTag(text));

    [Theory]
    [InlineData("")]
    [InlineData(".1")]
    [InlineData("-1")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("ü")]
    public void These_are_no_tags(string text) => Assert.False(ImageNames.IsTag(text));

    [Fact]
    public void A_tag_has_128_characters_at_most()
    {
        Assert.True(ImageNames.IsTag(new string('a', 128)));
        Assert.False(ImageNames.IsTag(new string('a', 129)));
    }

    [Theory]
    [InlineData("mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled", true)]
    [InlineData("mcr.microsoft.com/dotnet/runtime-deps", true)]
    [InlineData("localhost/base@sha256:0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("localhost:5000/base:1@sha256:0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("ubuntu:24.04", false)]
    [InlineData("library/ubuntu", false)]
    [InlineData("localhost/base:", false)]
    [InlineData("localhost/base@sha256:01", false)]
    [InlineData("--pull", false)]
    public void A_base_needs_its_full_name(string text, bool allowed) => Assert.Equal(allowed, ImageNames.IsFullName(text));

    [Fact]
    public void A_name_is_registry_program_and_tag() =>
        Assert.Equal("ghcr.io/me/details:1", new ImageNames("ghcr.io/me", "1").Of(NativeProgram.Services[0]));
}
