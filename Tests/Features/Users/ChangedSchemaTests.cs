using Dapper;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

/// <summary>An operator's schema files change between two starts, and what was stored under the old ones is still there.</summary>
public sealed class ChangedSchemaTests
{
    private const string Urn = "urn:example:schemas:thing:1.0:User";

    [Fact]
    public async Task One_value_that_becomes_several_is_read_filtered_and_added_to()
    {
        await using var started = await Restartable.StartAsync("""{ "name": "a" }, { "name": "b" }""");
        var client = await started.CreateAsync($"\"{Urn}\":{{\"a\":\"one\",\"b\":\"x\"}}");

        client = await started.ChangeAsync(client, """{ "name": "a", "multiValued": true }, { "name": "b" }""");
        var user = (await client.GetAsync("/Users")).Resources[0]!["id"]!.GetValue<string>();
        (await client.FilterAsync($"{Urn}:a eq \"one\" or {Urn}:a pr or not ({Urn}:a[value eq \"one\"])")).Status.Should().Be(200);
        (await client.GetAsync($"/Users?sortBy={Urn}:a")).Status.Should().Be(200);
        var added = await client.PatchAsync($"/Users/{user}", $$"""{"op":"add","path":"{{Urn}}:a","value":"two"}""");

        added.Body[Urn]!["a"]!.ToJsonString().Should().Be("[\"one\",\"two\"]");
        (await client.FilterAsync($"{Urn}:a eq \"one\"")).TotalResults.Should().Be(1);
    }

    [Theory]
    [InlineData("""{ "name": "a" }""", "\"a\":\"x\"", """{ "name": "a", "multiValued": true }""", "\"a\":[\"y\",\"z\"]")]
    [InlineData("""{ "name": "a", "multiValued": true }""", "\"a\":[\"y\",\"z\"]", """{ "name": "a" }""", "\"a\":\"x\"")]
    [InlineData("""{ "name": "a", "type": "complex", "multiValued": true, "subAttributes": [ { "name": "value" } ] }""", "\"a\":[{\"value\":\"v\"}]", """{ "name": "a", "type": "complex", "subAttributes": [ { "name": "value" } ] }""", "\"a\":{\"value\":\"v\"}")]
    [InlineData("""{ "name": "a", "type": "complex", "multiValued": true, "subAttributes": [ { "name": "value" } ] }""", "\"a\":[{\"value\":\"v\"}]", """{ "name": "a" }""", "\"a\":\"x\"")]
    public async Task A_marked_attribute_of_another_shape_stops_no_change(string before, string first, string after, string second)
    {
        await using var started = await Restartable.StartAsync(before);
        var client = await started.CreateAsync($"\"{Urn}\":{{{first}}}");
        await started.MarkAsync(client, $"{Urn}:a");

        client = await started.ChangeAsync(client, after);
        var old = (await client.GetAsync("/Users")).Resources[0]!["id"]!.GetValue<string>();

        (await client.PostAsync("/Users", ScimClient.User("new", $"\"{Urn}\":{{{second}}}"))).Status.Should().Be(201);
        (await client.PatchAsync($"/Users/{old}", """{"op":"replace","path":"active","value":false}""")).Status.Should().Be(200);
        (await client.PutAsync($"/Users/{old}", ScimClient.User("first", $"\"{Urn}\":{{{second}}}"))).Status.Should().Be(200);
        var named = second.Contains('{', StringComparison.Ordinal) ? $"{Urn}:a.value" : $"{Urn}:a";
        await started.MarkAsync(client, named);
        (await client.FilterAsync($"{named} eq \"z\" or {named} eq \"x\" or {named} eq \"v\"")).TotalResults.Should().Be(2);
        (await client.DeleteAsync($"/Users/{old}")).Status.Should().Be(204);
    }

    [Fact]
    public async Task A_value_that_is_not_returned_any_more_is_hidden_where_it_was_stored()
    {
        await using var started = await Restartable.StartAsync("""{ "name": "a" }, { "name": "b" }""");
        var client = await started.CreateAsync($"\"{Urn}\":{{\"a\":\"canary\"}}");

        client = await started.ChangeAsync(client, """{ "name": "a", "mutability": "writeOnly", "returned": "never" }, { "name": "b" }""");
        var list = await client.GetAsync($"/Users?attributes={Urn}:a,userName,{Urn}");

        list.Text.Should().NotContain("canary");
        (await client.GetAsync("/Users")).Text.Should().NotContain("canary").And.NotContain($"\"{Urn}\":{{}}");
        (await client.FilterAsync($"{Urn}:a sw \"c\"")).ShouldBeError(400, "invalidFilter");
        var snapshot = await (await started.CreateApplicationAsync(client)).GetApiAsync("/users");
        snapshot.Body["users"]!.AsArray().Should().ContainSingle();
        snapshot.Text.Should().Contain("\"userName\":\"first\"").And.NotContain("canary");
    }

    [Fact]
    public async Task A_sub_attribute_that_is_gone_stops_no_patch()
    {
        await using var started = await Restartable.StartAsync("""{ "name": "a", "type": "complex", "multiValued": true, "subAttributes": [ { "name": "value" }, { "name": "type" }, { "name": "c" } ] }""");
        var client = await started.CreateAsync($"\"{Urn}\":{{\"a\":[{{\"value\":\"v\",\"type\":\"t\",\"c\":\"d\"}}]}}");

        client = await started.ChangeAsync(client, """{ "name": "a", "type": "complex", "multiValued": true, "subAttributes": [ { "name": "c" }, { "name": "e" } ] }""");
        var user = (await client.GetAsync("/Users")).Resources[0]!["id"]!.GetValue<string>();

        foreach (var operation in (string[])
            [
                $$"""{"op":"add","path":"{{Urn}}:a","value":[{"c":"new"}]}""",
                $$"""{"op":"replace","path":"{{Urn}}:a[c eq \"d\"]","value":{"c":"d","e":"f"} }""",
                $$"""{"op":"remove","path":"{{Urn}}:a[c eq \"d\"].e"}""",
                $$"""{"op":"remove","path":"{{Urn}}:a"}""",
            ])
        {
            (await client.PatchAsync($"/Users/{user}", operation)).Status.Should().Be(200, operation);
        }
    }

    [Fact]
    public async Task A_unique_value_that_its_holder_lost_unseen_is_free_and_its_holder_can_have_it_again()
    {
        const string unique = """{ "name": "num", "uniqueness": "server" }""";
        await using var started = await Restartable.StartAsync(unique);
        var client = await started.CreateAsync($"\"{Urn}\":{{\"num\":\"5\"}}");
        var user = (await client.GetAsync("/Users")).Resources[0]!["id"]!.GetValue<string>();

        client = await started.ChangeAsync(client, """{ "name": "other" }""");
        await client.PutAsync($"/Users/{user}", ScimClient.User("first"));
        client = await started.ChangeAsync(client, unique);

        (await client.PatchAsync($"/Users/{user}", $$"""{"op":"add","path":"{{Urn}}:num","value":"5"}""")).Status.Should().Be(200);
        client = await started.ChangeAsync(client, """{ "name": "other" }""");
        await client.PutAsync($"/Users/{user}", ScimClient.User("first"));
        client = await started.ChangeAsync(client, unique);
        (await client.PostAsync("/Users", ScimClient.User("second", $"\"{Urn}\":{{\"num\":\"5\"}}"))).Status.Should().Be(201);
        (await client.PatchAsync($"/Users/{user}", $$"""{"op":"add","path":"{{Urn}}:num","value":"5"}""")).ShouldBeError(409, "uniqueness");
    }

    [Fact]
    public async Task A_value_that_came_to_be_unique_is_taken_when_its_user_is_written()
    {
        await using var started = await Restartable.StartAsync("""{ "name": "num" }""");
        var client = await started.CreateAsync($"\"{Urn}\":{{\"num\":\"5\"}}");
        var user = (await client.GetAsync("/Users")).Resources[0]!["id"]!.GetValue<string>();

        client = await started.ChangeAsync(client, """{ "name": "num", "uniqueness": "server" }""");
        await client.PatchAsync($"/Users/{user}", """{"op":"replace","path":"active","value":false}""");

        (await client.PostAsync("/Users", ScimClient.User("second", $"\"{Urn}\":{{\"num\":\"5\"}}"))).ShouldBeError(409, "uniqueness");
    }

    /// <summary>A server with one schema file of one extension, which can be changed.</summary>
    private sealed class Restartable : IAsyncDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("scimslice-schemas-").FullName;
        private readonly ScimHost host;

        private Restartable() => host = new ScimHost { Settings = ["--ScimSlice:Schemas:Folder", folder] };

        public static async Task<Restartable> StartAsync(string attributes)
        {
            var restartable = new Restartable();
            await restartable.WriteAsync(attributes);
            await restartable.host.InitializeAsync();
            return restartable;
        }

        /// <summary>An organization with a user <c>first</c>.</summary>
        public async Task<ScimClient> CreateAsync(string members)
        {
            var client = await host.CreateOrganizationAsync();
            await client.CreateUserAsync("first", members);
            return client;
        }

        public async Task<ScimClient> ChangeAsync(ScimClient client, string attributes)
        {
            await WriteAsync(attributes);
            await host.RestartAsync();
            return host.Reconnect(client);
        }

        public Task<ScimClient> CreateApplicationAsync(ScimClient client) => host.CreateTokenAsync(client.Organization, TokenScope.Events);

        /// <summary>As <c>org set --index</c> does.</summary>
        public async Task MarkAsync(ScimClient client, string attribute)
        {
            var index = await host.SendAsync(new IndexAttributes.Command(client.Organization, [attribute]));
            foreach (var added in index.Added)
            {
                for (var last = ""; last is not null;)
                {
                    last = await host.SendAsync(new FillIndex.Command(index.Organization.Id, added, last));
                }
            }

            await host.SendAsync(new ChangeOrganization.Command(client.Organization, Indexed: index.Attributes));
            host.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        private Task WriteAsync(string attributes) =>
            File.WriteAllTextAsync(Path.Combine(folder, "thing.json"), $$"""{ "id": "{{Urn}}", "name": "Thing", "attributes": [ {{attributes}} ] }""");
    }
}
