using System.Text;
using Bookinfo.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http;

namespace Services.Tests;

/// <summary>What is wrong with a body is told to who sent it; what goes wrong in the service is not taken for that.</summary>
public sealed class ManagementBodyTests
{
    [Theory]
    [InlineData("{", "the body must be JSON such as {}, in which no key comes twice")]
    [InlineData("\"\\ud800\"", "the body must be valid text: half of a surrogate pair, or a byte that is not UTF-8, is in it")]
    [InlineData("\"text\"", null)]
    public async Task A_body_that_cannot_be_read_asks_for_nothing(string body, string? problem)
    {
        var done = 0;

        Assert.Equal(problem, await ManagementBody.ApplyAsync(Request(body), "{}", json =>
        {
            json.GetString();
            return () =>
            {
                done++;
                return null;
            };
        }));

        Assert.Equal(problem is null ? 1 : 0, done);
    }

    [Fact]
    public async Task What_goes_wrong_afterwards_is_not_the_fault_of_the_body() =>
        Assert.Equal("a mistake of ours", (await Assert.ThrowsAsync<InvalidOperationException>(() => ManagementBody.ApplyAsync(
            Request("{}"), "{}", static _ => static () => throw new InvalidOperationException("a mistake of ours")))).Message);

    private static DefaultHttpContext Request(string body) =>
        new() { Request = { Body = new MemoryStream(Encoding.UTF8.GetBytes(body)) } };
}
