using System.Globalization;

// bookinfo-reference PORT CONTENT-TYPE FILE [URL]...
//
// The least that a service in .NET can be, and so the most that one can be asked for: Kestrel and one delegate, without routing, logging,
// telemetry, limits or error pages. It answers every request with the bytes of a file. Where there are addresses it asks all of them first,
// at the same time, and reads what they answer to its end: what a page that is put together from other services cannot do without.
if (args is not [var port, var contentType, var file, .. var addresses])
{
    await Console.Error.WriteLineAsync("usage: bookinfo-reference PORT CONTENT-TYPE FILE [URL]...");
    return 2;
}

var body = await File.ReadAllBytesAsync(file);
using var client = new HttpClient(
    new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
var calls = addresses.Select(address => new Uri(address)).ToArray();

var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{ushort.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture)}");
await using var app = builder.Build();
app.Run(async context =>
{
    if (calls.Length > 0)
    {
        await Task.WhenAll(calls.Select(client.GetByteArrayAsync));
    }

    context.Response.ContentType = contentType;
    context.Response.ContentLength = body.Length;
    await context.Response.Body.WriteAsync(body);
});
await app.RunAsync();
return 0;
