using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Bookinfo.Testing;

/// <summary>
/// A web server on a free port of 127.0.0.1 that answers every request in one way, takes bodies of any size, and logs nothing.
/// </summary>
public static class LoopbackApp
{
    /// <summary>Builds one, which then has to be started. <see cref="RunningSystem.AddressOf"/> knows its address.</summary>
    /// <param name="answer">Answers a request.</param>
    /// <param name="protocols">The versions of HTTP that it speaks, without TLS.</param>
    public static WebApplication Build(RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = protocols);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        app.Run(answer);
        return app;
    }
}
