using k8s.Exceptions;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>A token that is in a file.</summary>
public sealed class TokenFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-token-");
    private readonly FakeTimeProvider _time = new();

    private string Path => System.IO.Path.Combine(_directory.FullName, "token");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task It_is_read_again_after_a_minute_and_the_last_one_is_kept_while_there_is_none()
    {
        async Task<string?> TokenAsync(TokenFile file) =>
            (await file.GetAuthenticationHeaderAsync(TestContext.Current.CancellationToken)).Parameter;
        Write("one\n");
        var file = new TokenFile(Path, "stale", _time);
        Assert.Equal("one", file.Read());

        Write("two");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("one", await TokenAsync(file));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", await TokenAsync(file));

        File.Delete(Path);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("two", await TokenAsync(file));
    }

    [Fact]
    public void The_token_beside_it_is_for_when_there_is_no_file()
    {
        Assert.Equal("beside", new TokenFile(Path, "beside", _time).Read());
        Assert.Contains(Path, Assert.Throws<KubeConfigException>(new TokenFile(Path, null, _time).Read).Message);
        Write("");
        Assert.Equal("beside", new TokenFile(Path, "beside", _time).Read());
    }

    private void Write(string text) => File.WriteAllText(Path, text);
}
