using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text.Json;

namespace Bookinfo.Load;

/// <summary>
/// Writes the ledger of a run, one record for each request. A separate thread writes the file in blocks; adding a record never waits for
/// it. When the disk cannot keep up and the memory set aside for blocks is full, records are lost, and counted.
/// </summary>
public sealed class LedgerWriter : ILoadObserver, IAsyncDisposable
{
    private const int RecordsInBlock = 1024;

    /// <summary>Room for four seconds at 16,000 requests a second, in 5 MB.</summary>
    private const int Blocks = 64;

    private readonly Stream _file;
    private readonly LoadPlan _plan;
    private readonly IndexedRandom _identities;
    private readonly LedgerLayout _layout;
    private readonly string _program;
    private readonly ConcurrentQueue<byte[]> _free = new();
    private readonly BlockingCollection<ArraySegment<byte>> _full = [];
    private readonly Task _writing;
    private byte[]? _block;
    private int _used;
    private long _records;
    private bool _started;
    private bool _ended;
    private volatile Exception? _failure;

    /// <summary>Creates a ledger.</summary>
    /// <param name="file">The stream to write to, which is disposed with this.</param>
    /// <param name="plan">The run.</param>
    /// <param name="program">The version of the program that writes it.</param>
    public LedgerWriter(Stream file, LoadPlan plan, string program)
    {
        _layout = new LedgerLayout([.. plan.Mix.Answers.Hops.Select(hop => hop.Name)]);
        _program = program;
        _file = file;
        _plan = plan;
        _identities = new IndexedRandom(plan.TraceSeed);
        for (var block = 0; block < Blocks; block++)
        {
            _free.Enqueue(new byte[RecordsInBlock * _layout.Length]);
        }

        _writing = Task.Factory.StartNew(WriteBlocks, TaskCreationOptions.LongRunning);
    }

    /// <summary>How many requests are missing from the ledger.</summary>
    public long Lost { get; private set; }

    /// <summary>Why the ledger could not be written; <see langword="null"/> when it could.</summary>
    public Exception? Failure => _failure;

    /// <inheritdoc/>
    public void Started(DateTimeOffset startedAt)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new LedgerHeader(
                _program,
                _plan.Target.Uri.ToString(),
                (startedAt - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
                _plan.Seed,
                [.. _plan.Mix.Templates.Select(template => new LedgerRequest(template.Kind, template.Method, template.Path))],
                _layout.Fields,
                Enum.GetValues<ErrorKind>().Where(kind => kind != ErrorKind.FirstFlaw)
                    .Concat(_plan.Mix.Answers.Flaws.Select((_, index) => (ErrorKind)((int)ErrorKind.FirstFlaw + index)))
                    .ToDictionary(kind => (int)kind, _plan.Mix.Answers.NameOf),
                _plan.Mix.Answers.Versions.Index().ToDictionary(version => version.Index + 1, version => version.Item)),
            LedgerJson.Default.LedgerHeader);
        var preamble = new byte[LedgerFormat.PreambleLength + json.Length];
        LedgerFormat.Magic.CopyTo(preamble);
        BinaryPrimitives.WriteUInt16LittleEndian(preamble.AsSpan(8), LedgerFormat.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(preamble.AsSpan(10), (ushort)_layout.Length);
        BinaryPrimitives.WriteInt32LittleEndian(preamble.AsSpan(12), json.Length);
        json.CopyTo(preamble, LedgerFormat.PreambleLength);
        _full.Add(preamble);
        _started = true;
    }

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        if (_block is null && !_free.TryDequeue(out _block))
        {
            Lost++;
            return;
        }

        _layout.Write(LedgerRecord.From(sample, _identities), _block.AsSpan(_used, _layout.Length));
        _records++;
        if ((_used += _layout.Length) == _block.Length)
        {
            HandOver();
        }
    }

    /// <inheritdoc/>
    public void Progress(LoadProgress progress) => HandOver();

    /// <summary>
    /// Ends the ledger, and waits until all of it is written. If the run never began, the ledger stays empty: with a footer it would pass
    /// for a complete one.
    /// </summary>
    /// <param name="giveUp">Cancels the wait, after which <see cref="Failure"/> says so.</param>
    public async Task EndAsync(CancellationToken giveUp)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        HandOver();
        if (_started)
        {
            var footer = new byte[LedgerFormat.FooterLength];
            LedgerFormat.FooterMagic.CopyTo(footer);
            BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(8), _records);
            BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(16), Lost);
            _full.Add(footer, CancellationToken.None);
        }

        _full.CompleteAdding();
        try
        {
            await _writing.WaitAsync(giveUp);
            _full.Dispose();
        }
        catch (OperationCanceledException)
        {
            _failure = new IOException(FileFailure.NotTaken);
        }
    }

    /// <summary>Ends the ledger, and waits until all of it is written.</summary>
    public async ValueTask DisposeAsync() => await EndAsync(CancellationToken.None);

    private void HandOver()
    {
        if (_block is not null && _used > 0)
        {
            _full.Add(new ArraySegment<byte>(_block, 0, _used));
            _block = null;
            _used = 0;
        }
    }

    private void WriteBlocks()
    {
        try
        {
            using (_file)
            {
                foreach (var block in _full.GetConsumingEnumerable())
                {
                    _file.Write(block);
                    if (block.Array!.Length == RecordsInBlock * _layout.Length)
                    {
                        _free.Enqueue(block.Array);
                    }
                }
            }
        }
        catch (Exception exception) when (FileFailure.Is(exception))
        {
            // The run goes on; the ledger may not be what it is for.
            _failure = exception;
        }
    }
}
