using System.Globalization;

namespace Bookinfo.Load;

/// <summary>
/// Runs a plan as an open loop: when a request is due depends on the schedule alone. As long as a connection is free, a slow answer delays
/// no other request; when none is free, the wait for one counts as latency. Each sender has a thread of its own; one more thread records,
/// enforces timeouts and informs observers.
/// </summary>
/// <param name="plan">What to run.</param>
/// <param name="observers">Are told about each request and about the progress.</param>
/// <param name="time">The clock, which must be the system's.</param>
public sealed class LoadEngine(LoadPlan plan, IReadOnlyList<ILoadObserver> observers, TimeProvider time)
{
    private const int WorkerStack = 256 * 1024;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long Tick = 10_000_000;
    private const long ProgressInterval = NanosecondsPerSecond;

    /// <summary>
    /// How long after the last request was due late ones are still sent, and how long an interrupted run waits for requests under way.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long after everything is ready the run starts: every sender is asleep by then, waiting for its first request to be due.
    /// </summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(200);

    /// <summary>How long to wait for senders before forcing them to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    private readonly RunClock _clock = new(time);
    private readonly DueTimer _timer = new(time);
    private readonly Recording _interval = new(plan.Mix.Answers);
    private readonly Recording _total = new(plan.Mix.Answers);

    private readonly PhaseTimes _phases = new(plan.Profile);
    private long _end = (long)(plan.Profile.Duration * NanosecondsPerSecond);
    private long _intervalBegan;
    private long _inTime;
    private long _sentInTime;

    /// <summary>When requests are due; another source than the plan's own for a run that has no end.</summary>
    internal IArrivals Arrivals { get; init; } =
        new ArrivalSchedule(plan.Profile, plan.Arrivals, new IndexedRandom(plan.Seed), plan.Share);

    /// <summary>Starts a thread; tests replace it.</summary>
    internal Action<Thread> StartThread { get; init; } = static thread => thread.Start();

    /// <summary>Runs the plan.</summary>
    /// <param name="setup">The requests sent beforehand; their times are timestamps of the clock.</param>
    /// <param name="stop">Ends the run early; what was measured until then is returned.</param>
    /// <param name="kill">Ends the run at once.</param>
    /// <exception cref="ThreadLimitException">This machine allows fewer threads than the plan has connections.</exception>
    public Task<LoadResult> RunAsync(IReadOnlyList<Sample> setup, CancellationToken stop, CancellationToken kill)
    {
        var done = new TaskCompletionSource<LoadResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start("load recorder", () =>
        {
            try
            {
                done.SetResult(Run(setup, stop, kill));
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    private LoadResult Run(IReadOnlyList<Sample> setup, CancellationToken stop, CancellationToken kill)
    {
        DueTimer.PrepareThread();
        var senders = new LoadSender[plan.Connections];
        var threads = new Thread[plan.Connections];
        using var prepared = new CountdownEvent(senders.Length);
        using var go = new ManualResetEventSlim();
        for (var index = 0; index < senders.Length; index++)
        {
            var sender = senders[index] = new LoadSender(plan, Arrivals, _clock, time);
            try
            {
                threads[index] = Start($"load sender {index}", () =>
                {
                    sender.Prepare();
                    prepared.Signal();
                    go.Wait();
                    sender.Run();
                });
            }
            catch (ThreadLimitException)
            {
                Array.ForEach(senders[..index], started => started.Stop());
                go.Set();
                End(senders.AsSpan(0, index), threads.AsSpan(0, index));
                throw;
            }
        }

        while (!prepared.Wait(Patience))
        {
            foreach (var sender in senders)
            {
                if (stop.IsCancellationRequested)
                {
                    sender.Connection.Interrupt();
                }

                sender.Connection.AbortIfLate(time.GetTimestamp());
            }
        }

        var processorTime = Environment.CpuUsage.TotalTime;
        // Keeps the start that was agreed on with other workers, unless opening connections took too long for that.
        _clock.StartIn(plan.StartAt - time.GetUtcNow() is { } left && left > Lead ? left : Lead);
        foreach (var observer in observers)
        {
            observer.Started(_clock.StartedAt);
        }

        foreach (var sample in setup)
        {
            // Setup requests were timed before there was a start to count from.
            var sent = _clock.At(sample.Sent);
            Record(sample with { Due = sent, Sent = sent, Done = _clock.At(sample.Done) });
        }

        go.Set();
        var (unsent, interrupted) = Watch(senders, threads, stop, kill);
        var untaken = unsent.Sum();
        var dropped = senders.Select(sender => sender.Dropped).OfType<(long Index, long Due)>().Where(one => one.Due <= _end).ToList();
        dropped.ForEach(one => unsent[_phases.IndexOf(one.Due)]++);
        return new LoadResult(
            plan,
            _clock.StartedAt,
            _end / (double)NanosecondsPerSecond,
            _total,
            unsent.Sum(),
            _inTime,
            _sentInTime,
            senders.Sum(sender => (long)sender.Connection.Opened),
            interrupted,
            (Environment.CpuUsage.TotalTime - processorTime).TotalSeconds,
            Environment.ProcessorCount)
        {
            RedirectedTo = senders.Select(sender => sender.RedirectedTo).FirstOrDefault(location => location is not null),
            TlsProblem = senders.Select(sender => sender.TlsProblem).FirstOrDefault(problem => problem is not null),
            SignedOut = senders.Sum(sender => sender.SignedOut),
            SilentConnections = senders.Count(sender => sender.WasNeverAnswered),
            UnsentByPhase = unsent,
            UnsentBy = UnsentRequests.Of(plan, dropped.Select(one => one.Index), Arrivals.Untaken, untaken),
        };
    }

    private (long[] Unsent, bool Interrupted) Watch(LoadSender[] senders, Thread[] threads, CancellationToken stop, CancellationToken kill)
    {
        var grace = (long)Math.Min(plan.Timeout.TotalNanoseconds, Grace.TotalNanoseconds);
        var interrupted = false;
        var closed = false;
        long[] unsent = [];
        var cut = long.MaxValue;
        while (true)
        {
            var ended = Array.TrueForAll(threads, thread => !thread.IsAlive);
            Collect(senders);
            var now = _clock.Now;
            if (ended)
            {
                Report(now, senders, isLast: true);
                return (unsent.Length > 0 ? unsent : new long[plan.Profile.Phases.Count], interrupted);
            }

            if (now - _intervalBegan >= ProgressInterval)
            {
                Report(now, senders, isLast: false);
            }

            if (!interrupted && stop.IsCancellationRequested)
            {
                // Also when every request has fallen due already: waiting for the last answers is part of the run.
                interrupted = true;
                _end = Math.Clamp(now, 0, _end);
                cut = Math.Max(0, now) + grace;
                foreach (var observer in observers)
                {
                    observer.Stopped(_end);
                }

                Array.ForEach(senders, sender => sender.Stop());
            }

            if (!closed && (interrupted || now > _end + grace))
            {
                closed = true;
                var untaken = Arrivals.Close([.. _phases.Last.Select(last => Math.Min(last, _end))]);
                unsent = [.. untaken.Select((count, phase) => count - (phase > 0 ? untaken[phase - 1] : 0))];
            }

            var timestamp = time.GetTimestamp();
            foreach (var sender in senders)
            {
                sender.Connection.AbortIfLate(timestamp);
                if (now > cut || kill.IsCancellationRequested)
                {
                    sender.Connection.Interrupt();
                }
            }

            _timer.Sleep(_clock.Timestamp(now + Tick));
        }
    }

    private void Collect(LoadSender[] senders)
    {
        foreach (var sender in senders)
        {
            while (sender.Samples.TryRead(out var sample))
            {
                Record(sample);
            }
        }
    }

    private void Record(in Sample sample)
    {
        var kind = plan.Mix.Templates[sample.Template].Kind;
        _interval.Add(sample, kind);
        if (kind != RequestKind.Setup)
        {
            _inTime += sample.Done <= _end ? 1 : 0;
            _sentInTime += sample.Sent <= _end ? 1 : 0;
        }

        foreach (var observer in observers)
        {
            observer.Add(sample);
        }
    }

    private void Report(long now, LoadSender[] senders, bool isLast)
    {
        _total.Add(_interval);
        var progress = new LoadProgress(
            now,
            now - _intervalBegan,
            _clock.StartedAt,
            AskedSince(_intervalBegan, now),
            senders.Count(sender => sender.Connection.IsBusy),
            _interval,
            _total,
            isLast);
        foreach (var observer in observers)
        {
            observer.Progress(progress);
        }

        _interval.Clear();
        _intervalBegan = now;
    }

    /// <summary>The mean rate that was asked for in an interval; after the end, none is.</summary>
    private double AskedSince(long from, long to)
    {
        double ArrivalsBy(long time) => plan.Profile.ArrivalsBy(Math.Clamp(time, 0, _end) / (double)NanosecondsPerSecond);
        return to > from ? (ArrivalsBy(to) - ArrivalsBy(from)) / ((to - from) / (double)NanosecondsPerSecond) : 0;
    }

    /// <summary>Ends senders that are to send nothing, and waits for their threads.</summary>
    private static void End(ReadOnlySpan<LoadSender> senders, ReadOnlySpan<Thread> threads)
    {
        for (var index = 0; index < threads.Length; index++)
        {
            // A sender that has not begun to connect yet does so after the first interruption.
            do
            {
                senders[index].Connection.Interrupt();
            }
            while (!threads[index].Join(Patience));
        }
    }

    private Thread Start(string name, Action run)
    {
        var thread = new Thread(() => run(), WorkerStack) { IsBackground = true, Name = name };
        try
        {
            StartThread(thread);
            return thread;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            throw new ThreadLimitException(plan.Connections, exception);
        }
    }
}

/// <summary>The system allows this program fewer threads than the run has connections; each connection needs one.</summary>
/// <param name="connections">How many connections were planned.</param>
/// <param name="inner">What the runtime threw. It says that memory is short, which need not be the cause.</param>
public sealed class ThreadLimitException(int connections, Exception inner) : Exception(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{connections} connections need a thread each, and the system allows this program no more threads: ")
        + "use fewer connections, or raise the limit ('ulimit -u', or the process limit of the container or service)",
    inner);

/// <summary>The time of a run, in nanoseconds since its start.</summary>
internal sealed class RunClock(TimeProvider time)
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly double _nanosecondsPerTick = NanosecondsPerSecond / time.TimestampFrequency;
    private long _start;

    /// <summary>The time now; negative before the start.</summary>
    public long Now => At(time.GetTimestamp());

    /// <summary>The date and time of the start.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Sets the start. Before that, times mean nothing.</summary>
    /// <param name="from">How long from now the start is.</param>
    public void StartIn(TimeSpan from)
    {
        _start = time.GetTimestamp() + (long)(from.TotalSeconds * time.TimestampFrequency);
        StartedAt = time.GetUtcNow() + from;
    }

    /// <summary>Converts a timestamp of the clock to a time of the run.</summary>
    /// <param name="timestamp">The timestamp.</param>
    public long At(long timestamp) => (long)((timestamp - _start) * _nanosecondsPerTick);

    /// <summary>Converts a time of the run to a timestamp of the clock.</summary>
    /// <param name="nanoseconds">The time of the run.</param>
    public long Timestamp(long nanoseconds) => _start + (long)(nanoseconds / _nanosecondsPerTick);
}
