using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Features.Events;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Samples;

/// <summary><c>samples/follow.py</c> knows what the store holds, whatever comes between.</summary>
public sealed class FollowTests : IDisposable
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-sample-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SampleFact]
    public async Task It_begins_with_what_there_is_follows_what_changes_and_goes_on_after_a_stop()
    {
        await using var started = await StartedHost.StartAsync();
        var host = started.Value;
        var client = await host.CreateOrganizationAsync();
        var (ana, bob) = (await client.CreateUserAsync("ana", $$"""
            "title":"Lead","{{Enterprise}}":{"department":"Labs","division":"D"}
            """), await client.CreateUserAsync("bob"));
        var crew = await client.CreateGroupAsync("Crew", ana.Id, bob.Id);
        var (app, picture) = (await host.CreateTokenAsync(client.Organization, TokenScope.Events), new FollowedPicture(File("picture.db")));

        await using (var follower = Follow(host.Origin, app))
        {
            await follower.SaysAsync("Has a snapshot at position");
            await ShouldBeWholeAsync(picture, app);

            await client.PatchAsync($"/Users/{ana.Id}", $$"""{"op":"remove","path":"title"},{"op":"add","path":"nickName","value":"A"},{"op":"replace","path":"{{Enterprise}}:department","value":"Sales"},{"op":"remove","path":"{{Enterprise}}:division"}""");
            await client.PatchAsync($"/Users/{bob.Id}", $$"""{"op":"replace","path":"active","value":false},{"op":"add","path":"{{Enterprise}}:division","value":"E"}""");
            await client.PatchAsync($"/Users/{ana.Id}", $$"""{"op":"remove","path":"{{Enterprise}}:department"}""");
            await client.CreateGroupAsync("All", crew.Id);
            await host.SendAsync(new AssignRole.Command(client.Organization, crew.Id, "moderator"));
            await client.PatchAsync($"/Users/{ana.Id}", """{"op":"add","path":"title","value":"Later"}""", ("Prefer", "respond-async"));
            await Eventually.BeAsync(async () => (await app.GetApiAsync("/events?limit=1000")).Text.Contains("request.completed", StringComparison.Ordinal));
            await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"remove","path":"members[value eq \"{{bob.Id}}\"]"},{"op":"replace","path":"displayName","value":"The crew"}""");
            await ShouldBeWholeAsync(picture, app);

            (await follower.TerminateAsync()).Should().Be(0, follower.Output);
        }

        var gone = await client.CreateUserAsync("gone");
        await client.DeleteAsync($"/Users/{gone.Id}");
        await client.DeleteAsync($"/Users/{ana.Id}");
        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        await client.DeleteAsync($"/Groups/{crew.Id}");
        await using (var follower = Follow(host.Origin, app))
        {
            await ShouldBeWholeAsync(picture, app);
            follower.Output.Should().NotContain("snapshot", "it goes on where it was");
        }
    }

    [SampleFact]
    public async Task Killed_again_and_again_it_misses_nothing()
    {
        await using var started = await StartedHost.StartAsync();
        var client = await started.Value.CreateOrganizationAsync();
        var (app, picture) = (await started.Value.CreateTokenAsync(client.Organization, TokenScope.Events), new FollowedPicture(File("picture.db")));
        using var done = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var number = 0; !done.IsCancellationRequested; number++)
            {
                var user = await client.CreateUserAsync($"user{number}");
                await client.CreateGroupAsync($"Group {number}", user.Id);
                await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"replace","path":"title","value":"{{number}}"}""");
                if (number % 3 == 0)
                {
                    await client.DeleteAsync($"/Users/{user.Id}");
                }
            }
        });

        for (var round = 0; round < 5; round++)
        {
            await using var follower = Follow(started.Value.Origin, app);
            var before = picture.Position ?? 0;
            await Eventually.BeAsync(() => Task.FromResult(picture.Position > before));
            await follower.KillAsync();
        }

        await done.CancelAsync();
        await writing;
        await using var last = Follow(started.Value.Origin, app);
        await ShouldBeWholeAsync(picture, app);
        last.Output.Should().NotContain("snapshot");
    }

    [SampleFact]
    public async Task Where_its_position_is_not_known_any_more_it_begins_anew()
    {
        await using var started = await StartedHost.StartAsync();
        var client = await started.Value.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        var (app, picture) = (await started.Value.CreateTokenAsync(client.Organization, TokenScope.Events), new FollowedPicture(File("picture.db")));
        await using (var first = Follow(started.Value.Origin, app))
        {
            await first.SaysAsync("snapshot");
        }

        picture.Misplace(4711);
        await client.CreateUserAsync("bob");
        await using var follower = Follow(started.Value.Origin, app);

        await follower.SaysAsync("Has a snapshot at position");
        await ShouldBeWholeAsync(picture, app);
    }

    [SampleFact]
    public async Task It_comes_again_when_it_is_told_to_and_when_the_server_is_back()
    {
        await using var program = new ScimProgram();
        program["ASPNETCORE_URLS"] = $"http://127.0.0.1:{ScimProgram.FreePort()}";
        program["ScimSlice__Limits__EventStreams"] = "1";
        await program.ServeAsync();
        await program.RunJsonAsync("org", "create", "acme");
        var client = program.CreateClient(await TokenAsync(program, "write"));
        var app = program.CreateClient(await TokenAsync(program, "events"));
        var picture = new FollowedPicture(File("picture.db"));

        // Takes the only place of those who wait.
        using var other = await EventStream.OpenAsync(app, "/events");
        await using var follower = Follow(program.Origin!, app);
        await follower.SaysAsync("The server answered 429");
        other.Dispose();
        await client.CreateUserAsync("ana");
        await ShouldBeWholeAsync(picture, app);

        (await program.TerminateAsync()).Should().Be(0);
        await follower.SaysAsync("The server was not reached");
        await program.ServeAsync();
        await client.CreateUserAsync("bob");
        await ShouldBeWholeAsync(picture, app);
    }

    [SampleFact]
    public async Task With_a_token_that_is_no_good_it_ends_and_says_so()
    {
        await using var started = await StartedHost.StartAsync();
        var client = await started.Value.CreateOrganizationAsync();

        await using var follower = Follow(started.Value.Origin, client);

        (await follower.EndAsync()).Should().Be(1);
        follower.Output.Should().Contain("The server refuses: 403").And.NotContain("Traceback");
    }

    private static async Task<string> TokenAsync(ScimProgram program, string scope) =>
        (await program.RunJsonAsync("token", "create", "acme", "--name", scope, "--scope", scope))["token"]!.GetValue<string>();

    /// <summary>Waits until the follower has come as far as the store, and compares.</summary>
    private static async Task ShouldBeWholeAsync(FollowedPicture picture, ScimClient app)
    {
        var whole = await Picture.TakeAsync(app, limit: 1000);
        var feed = new Feed(app, whole.Position);
        await feed.ReadAsync();
        await Eventually.BeAsync(() => Task.FromResult(picture.Position == feed.Next));
        picture.Lines().Should().Equal(whole.Lines());
        whole.Lines().Should().NotBeEmpty();
    }

    private SampleProgram Follow(Uri origin, ScimClient app) => SampleProgram.Start(
        "follow.py", new Dictionary<string, string> { ["SCIMSLICE_URL"] = origin.GetLeftPart(UriPartial.Authority), ["SCIMSLICE_TOKEN"] = app.Authorization!["Bearer ".Length..] }, File("picture.db"));

    private string File(string name) => Path.Combine(folder, name);
}
