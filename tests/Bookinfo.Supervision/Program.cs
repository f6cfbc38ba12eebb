using System.Diagnostics;
using Bookinfo.Supervision;

// Runs a program as a test project runs its tests, and ends with its exit code.
if (args is not [var program, .. var arguments])
{
    await Console.Error.WriteLineAsync("usage: supervise PROGRAM [ARGUMENT...]");
    return 2;
}

return await Supervisor.RunTestsAsync(args, async () =>
{
    using var process = Process.Start(program, arguments);
    await process.WaitForExitAsync();
    return process.ExitCode;
});
