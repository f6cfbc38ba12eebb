namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Takes memory, more ten times a second, up to a limit, and gives it back to the system at the end.</summary>
internal sealed class MemoryFault(TimeProvider time) : Fault
{
    private const int StepsInSecond = 10;

    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule)
    {
        var step = (long)rule.Rule.Numbers["rate"] / StepsInSecond;
        var limit = (long)rule.Rule.Numbers["limit"];
        var held = new List<byte[]>();
        var taken = 0L;
        var timer = time.CreateTimer(
            _ =>
            {
                lock (held)
                {
                    var size = Math.Min(step, limit - taken);
                    taken += size;
                    for (; size > 0; size -= Array.MaxLength)
                    {
                        var block = GC.AllocateUninitializedArray<byte>((int)Math.Min(size, Array.MaxLength));
                        // Memory that is not written to is not taken from the system.
                        Array.Fill(block, (byte)1);
                        held.Add(block);
                    }
                }
            },
            state: null, TimeSpan.Zero, TimeSpan.FromSeconds(1) / StepsInSecond);
        return new AtEnd(() =>
        {
            timer.Dispose();
            lock (held)
            {
                taken = limit;
                held.Clear();
            }

            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        });
    }
}
