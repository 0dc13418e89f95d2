namespace ScimSlice.Infrastructure.Audit;

/// <summary>Who does something: which credential, or what of the service itself. Never a secret.</summary>
/// <param name="Kind"><c>token</c>, <c>client</c> (OAuth), <c>command</c> (an operator's) or <c>service</c>.</param>
/// <param name="Id">The id of the token or client, the account that runs the command, or the name of the service's part.</param>
public sealed record Actor(string Kind, string Id)
{
    private const string TokenKind = "token";
    private const string ClientKind = "client";
    private const string CommandKind = "command";
    private const string ServiceKind = "service";

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [TokenKind, ClientKind, CommandKind, ServiceKind];

    /// <summary>The server, where it acts for nobody.</summary>
    public static Actor Service { get; } = new(ServiceKind, "server");

    /// <summary>Whether it is a token that an operator made.</summary>
    public bool IsToken => Kind == TokenKind;

    public static Actor Token(string id) => new(TokenKind, id);

    public static Actor Client(string id) => new(ClientKind, id);

    /// <summary>Whoever runs a verb on this machine.</summary>
    public static Actor Command() => new(CommandKind, Environment.UserName);
}
