using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Clients;

/// <summary>
/// Replays what identity providers send, in order, over HTTP, each conversation in an organization of its own, and holds every
/// answer against the recorded one.
/// </summary>
public sealed class ConversationTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string EntraFolder = "Entra/";
    private const string EntraFlag = "aadOptscim062020";

    public static TheoryData<string, TenantUrl> Conversations
    {
        get
        {
            var data = new TheoryData<string, TenantUrl>();
            foreach (var name in Conversation.Names)
            {
                foreach (var url in MayBeFlagged(name) ? Enum.GetValues<TenantUrl>() : [TenantUrl.AsRecorded])
                {
                    data.Add(name, url);
                }
            }

            return data;
        }
    }

    [Theory]
    [InlineData("CyberArk")]
    [InlineData("Entra")]
    [InlineData("JumpCloud")]
    [InlineData("Okta")]
    [InlineData("OneLogin")]
    [InlineData("Ping")]
    [InlineData("SailPoint")]
    public void A_provider_has_conversations_and_they_name_their_sources(string provider)
    {
        var conversations = Conversation.Names.Where(name => name.StartsWith($"{provider}/", StringComparison.Ordinal)).Select(Conversation.Read).ToArray();

        conversations.Should().NotBeEmpty();
        conversations.Should().OnlyContain(conversation => conversation.Exchanges.Any(exchange => exchange.Source != null));
    }

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task A_client_is_answered_as_its_conversation_says(string name, TenantUrl url)
    {
        var client = await host.CreateOrganizationAsync();
        var values = new ServerValues(client.BaseUrl);

        foreach (var (index, exchange) in Conversation.Read(name).Exchanges.Index())
        {
            var answer = await SendAsync(client, exchange.Request, url, values);

            string.Join(Environment.NewLine, AnswerCheck.Differences(exchange.Response, answer, values)).Should().BeEmpty(
                "exchange {0} of {1} ({2}) expects so; answered was {3} {4}", index + 1, name, exchange.Note, answer.Status, answer.Text);
        }
    }

    private static bool MayBeFlagged(string name) => name.StartsWith(EntraFolder, StringComparison.Ordinal)
        && !Conversation.Read(name).Exchanges.All(exchange => exchange.Request.Path.Contains(EntraFlag, StringComparison.Ordinal));

    private async Task<ScimAnswer> SendAsync(ScimClient client, RecordedRequest request, TenantUrl url, ServerValues values)
    {
        // No two exchanges at one time, so that a time tells which of them changed a resource.
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var sender = request.Headers.TryGetValue("Authorization", out var authorization) ? host.CreateClient(authorization) : client;
        var headers = request.Headers.Where(header => header.Key != "Authorization").Select(header => (header.Key, values.Fill(header.Value)));
        var body = request.Body is { } json ? values.FillJson(json) : null;
        return await sender.SendAsync(request.Method, Flagged(values.Fill(request.Path), url), body, [.. headers]);
    }

    private static string Flagged(string path, TenantUrl url)
    {
        if (url == TenantUrl.AsRecorded)
        {
            return path;
        }

        var (resource, query) = path.Split('?', 2) is [var left, var right] ? (left, right) : (path, null);
        return url switch
        {
            TenantUrl.BareFlag => $"{resource}?{EntraFlag}{(query is null ? "" : $"&{query}")}",
            TenantUrl.FlagWithValue => $"{resource}?{(query is null ? "" : $"{query}&")}{EntraFlag}=true",
            _ => $"{resource.TrimEnd('/')}/?{EntraFlag}{(query is null ? "" : $"&{query}")}",
        };
    }
}
