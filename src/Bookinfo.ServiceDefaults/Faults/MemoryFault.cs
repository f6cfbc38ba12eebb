using System.Runtime.InteropServices;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Takes memory, more ten times a second, up to a limit, and gives it back at the end. It is not taken from the runtime's heap, which is
/// smaller than a container's limit: there, the kernel ends the container (OOMKilled), as it does with most leaks.
/// </summary>
internal sealed class MemoryFault(TimeProvider time) : Fault
{
    private const int StepsInSecond = 10;

    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule) =>
        new Leak(time, (long)rule.Rule.Numbers["rate"] / StepsInSecond, (long)rule.Rule.Numbers["limit"]);

    private sealed class Leak : IDisposable
    {
        private readonly long _step;
        private readonly long _limit;
        private readonly Stack<nint> _blocks = new();
        private readonly ITimer _timer;
        private long _taken;
        private bool _ended;

        public Leak(TimeProvider time, long step, long limit)
        {
            (_step, _limit) = (step, limit);
            _timer = time.CreateTimer(
                static leak => ((Leak)leak!).Grow(), this, TimeSpan.Zero, TimeSpan.FromSeconds(1) / StepsInSecond);
        }

        public void Dispose()
        {
            _timer.Dispose();
            lock (_blocks)
            {
                _ended = true;
                while (_blocks.TryPop(out var block))
                {
                    Marshal.FreeHGlobal(block);
                }
            }
        }

        private void Grow()
        {
            // A step that takes longer than the time to the next one is not made up for.
            if (!Monitor.TryEnter(_blocks))
            {
                return;
            }

            try
            {
                var size = _ended ? 0 : Math.Min(_step, _limit - _taken);
                if (size > 0)
                {
                    var block = Marshal.AllocHGlobal((nint)size);
                    _blocks.Push(block);
                    _taken += size;
                    // Memory that is not written to is not taken from the system: a byte in each page.
                    for (long page = 0; page < size; page += Environment.SystemPageSize)
                    {
                        Marshal.WriteByte(block + (nint)page, 1);
                    }
                }
            }
            catch (OutOfMemoryException)
            {
                // The system has no more: that is as much as can be had.
            }
            finally
            {
                Monitor.Exit(_blocks);
            }
        }
    }
}
