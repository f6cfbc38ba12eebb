using System.CommandLine;
using Bookinfo.Cli.Commands;

namespace Bookinfo.Cli.Tests;

/// <summary>What the options take for an address, and what they make of it.</summary>
public sealed class UrlOptionTests
{
    private static readonly Command Verify = VerifyCommand.Create();

    [Theory]
    [InlineData("--jaeger", "http://user@na@127.0.0.1:9")]
    [InlineData("--jaeger", @"http://a\b@127.0.0.1:9")]
    [InlineData("--jaeger", "http://to%0Aken@127.0.0.1:9")]
    [InlineData("--jaeger", "http://%00@127.0.0.1:9")]
    [InlineData("--jaeger", "http://user:pw@xn--ä.example")]
    [InlineData("--prometheus", "http://xn--ä.example")]
    [InlineData("--prometheus", "HTTP://user:pw@127.0.0.1:9")]
    public void What_cannot_be_an_address_is_said(string option, string url)
    {
        var error = Assert.Single(Verify.Parse([option, url]).Errors.Select(error => error.Message).Distinct());

        Assert.StartsWith($"{option} '", error);
        Assert.Contains("' is not allowed: ", error);
    }

    [Theory]
    [InlineData("HTTP://user:pw@127.0.0.1:9", "http://user:pw@127.0.0.1:9/")]
    [InlineData("https://us%40er:p%5Cw@shop.example/x", "https://us%40er:p%5Cw@shop.example/x")]
    [InlineData("http://token@localhost.:9", "http://token@localhost:9/")]
    [InlineData("localhost.:9/x?y", "http://localhost:9/x?y")]
    [InlineData("http://shop.LOCALHOST.", "http://shop.localhost/")]
    [InlineData("http://shop.example.:9", "http://shop.example.:9/")]
    public void A_user_is_kept_and_names_of_this_machine_have_no_end(string url, string address)
    {
        var jaeger = Verify.Options.OfType<Option<Uri?>>().Single(option => option.Name == "--jaeger");

        var parsed = Verify.Parse([jaeger.Name, url]);

        Assert.Empty(parsed.Errors);
        Assert.Equal(address, parsed.GetValue(jaeger)?.AbsoluteUri);
    }
}
