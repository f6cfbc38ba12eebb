namespace Bookinfo.ProductPage;

/// <summary>What the page shows in place of a part that it did not get.</summary>
/// <param name="Title">What failed.</param>
/// <param name="Message">What visitors are told about it.</param>
public sealed record NoticeModel(string Title, string Message);
