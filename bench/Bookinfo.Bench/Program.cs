using System.CommandLine;
using Bookinfo.Bench;

var root = new Option<DirectoryInfo>("--root") { Required = true, Description = "The directory of the project." };
var runtime = new Option<string>("--runtime") { Required = true, Description = "The runtime identifier that was published for." };
var check = new Option<bool>("--check") { Description = "Measure the ratios only, and compare them with those in bench/results.json." };
var only = new Option<string[]>("--only")
{
    Description = "Measure no more than this: start, launch, throughput, tail, low, rate, growth, "
    + "allocations, soak, size. Nothing is kept.",
    AllowMultipleArgumentsPerToken = true
};
var rounds = new Option<int?>("--rounds") { Description = "How often each figure is measured, with --only." };
rounds.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int?>() is <= 0)
    {
        result.AddError("--rounds: at least 1.");
    }
});
var command = new RootCommand("Measures the services against references, in turns. Run it by bench/run.sh.")
{
    root, runtime, check, only, rounds,
};
command.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        return await BenchRun.RunAsync(
            arguments.GetRequiredValue(root).FullName,
            arguments.GetRequiredValue(runtime),
            arguments.GetValue(check),
            arguments.GetValue(only) ?? [],
            arguments.GetValue(rounds),
            TimeProvider.System);
    }
    catch (BenchException exception)
    {
        await Console.Error.WriteLineAsync($"bench/run.sh: {exception.Message}");
        return 1;
    }
});
return await command.Parse(args).InvokeAsync();
