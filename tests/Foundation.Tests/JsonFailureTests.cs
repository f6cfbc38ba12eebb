using System.Text.Json;

namespace Bookinfo.Foundation.Tests;

/// <summary>What is wrong with JSON is said in our words, which name no .NET type and count lines from 1.</summary>
public sealed class JsonFailureTests
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    [Theory]
    [InlineData("<html>", "line 1 is not the JSON that it must be")]
    [InlineData("", "line 1 is not the JSON that it must be")]
    [InlineData("{\n  \"count\": 1,\n}", "line 3 is not the JSON that it must be")]
    [InlineData("{\n  \"count\": \"many\"\n}", "line 2 has something else at $.count than it must have")]
    [InlineData("{\n\"count\": 1, \"inner\": {\"count\": 99999999999}}", "line 2 has something else at $.inner.count than it must have")]
    [InlineData("[]", "line 1 is not the JSON that it must be")]
    public void What_cannot_be_read_is_named_by_its_line_and_its_place(string json, string description)
    {
        var exception = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<Sample>(json, Options));

        Assert.Equal(description, JsonFailure.Describe(exception));
    }

    [Fact]
    public void A_document_is_told_likewise()
    {
        var exception = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse("{\n<"));

        Assert.Equal("line 2 is not the JSON that it must be", JsonFailure.Describe(exception));
        Assert.Equal("line 2 is not the JSON that it must be", HttpFailure.Describe(exception));
    }

    [Fact]
    public void Our_own_messages_stand_for_themselves() =>
        Assert.Equal("a text is null", JsonFailure.Describe(new JsonException("a text is null.")));

    private sealed record Sample(int Count, Sample? Inner);
}
