using System.Diagnostics;
using System.Net;
using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>What the tests of services as processes have in common.</summary>
public abstract class ServiceProcessRuns
{
    public static TheoryData<string> Projects => [.. ServiceCatalog.All.Select(service => service.Project)];

    private protected static Process Start(string project, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [WorkingCopy.Assembly(project)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private protected static async Task<(int Code, string Output, string Errors)> EndAsync(Process process)
    {
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(
                Eventually.Never, TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill();
        }
    }

    private protected static async Task UntilReadyAsync(int port)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await UntilAsync(client, HttpStatusCode.OK);
    }

    private protected static Task UntilAsync(HttpClient client, HttpStatusCode status) => Eventually.HoldsAsync(async () =>
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.StatusCode == status ? "" : $"/health/ready answers {answer.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
    });
}
