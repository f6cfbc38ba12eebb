namespace Bookinfo.Load;

/// <summary>What a request stands for. The numbers are in ledgers, and so never change their meaning.</summary>
internal enum RequestKind : byte
{
    /// <summary>A path that the user named.</summary>
    Path = 0,

    /// <summary>A look at the page by a visitor.</summary>
    Visitor = 1,

    /// <summary>A look at the page by somebody who has signed in.</summary>
    User = 2,

    /// <summary>A call to the API.</summary>
    Api = 3,

    /// <summary>Something that the page is made of: style sheet, script, picture.</summary>
    Asset = 4,

    /// <summary>Sent before the start, to find the assets and to sign users in. It is in the ledger and in no figure.</summary>
    Setup = 5,
}
