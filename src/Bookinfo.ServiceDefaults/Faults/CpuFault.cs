namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Uses processor time, in threads of its own: each works for a part of every 20 ms.</summary>
internal sealed class CpuFault(TimeProvider time) : Fault
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule)
    {
        var cores = rule.Rule.Numbers["cores"];
        var ended = new ManualResetEventSlim();
        try
        {
            for (; cores > 0; cores--)
            {
                var share = Math.Min(1, cores);
                new Thread(() => Burn(share, ended)) { IsBackground = true, Name = "fault cpu" }.Start();
            }
        }
        catch
        {
            ended.Set();
            throw;
        }

        return new AtEnd(ended.Set);
    }

    private void Burn(double share, ManualResetEventSlim ended)
    {
        var work = Period * share;
        while (!ended.IsSet)
        {
            var start = time.GetTimestamp();
            while (time.GetElapsedTime(start) < work && !ended.IsSet)
            {
                Thread.SpinWait(100);
            }

            if (share < 1)
            {
                ended.Wait(Period - work);
            }
        }
    }
}
