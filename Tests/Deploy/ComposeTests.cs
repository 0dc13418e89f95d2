using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Deploy;

public class ComposeTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly JsonObject compose = DeployFile.Named("deploy/compose.yaml").Documents.Single();
    private readonly JsonObject postgres = DeployFile.Named("deploy/compose.postgres.yaml").Documents.Single();

    private JsonNode Service => compose["services"]!["scimslice"]!;

    [Fact]
    public void The_service_has_no_rights_and_writes_to_its_volume_only()
    {
        var service = Service;

        ((string?)service["image"]).Should().Be(ImageFile.Tag);
        ((string?)service["user"]).Should().Be(ImageFile.One("USER"));
        ((string?)service["read_only"]).Should().Be("true");
        Texts(service["cap_drop"]).Should().Equal("ALL");
        Texts(service["security_opt"]).Should().Equal("no-new-privileges:true");
        ((string?)service["mem_limit"]).Should().Be("256m");
        Texts(service["volumes"]).Should().Equal($"data:{ImageFile.Volume}");
        compose["volumes"]!.AsObject().Should().ContainKey("data");
    }

    [Fact]
    public void It_is_published_to_this_machine_alone_where_the_proxy_reaches_it()
    {
        var gateway = compose["networks"]!["scimslice"]!["ipam"]!["config"]![0]!["gateway"];

        Texts(Service["ports"]).Should().Equal($"127.0.0.1:{ImageFile.Port}:{ImageFile.Port}");
        ((string?)Service["environment"]!["ScimSlice__Proxies__Trusted"]).Should().Be((string?)gateway);
        ((string?)Service["environment"]!["ScimSlice__PublicBaseUrl"]).Should().StartWith("https://");
    }

    [Fact]
    public void Its_health_check_is_the_images_and_its_end_is_waited_for()
    {
        var test = Texts(Service["healthcheck"]!["test"]);

        test[0].Should().Be("CMD");
        test.Skip(1).Should().Equal(ImageFile.Command("HEALTHCHECK"));
        int.Parse(((string)Service["stop_grace_period"]!).TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture)
            .Should().BeGreaterThan(Drain(Service["environment"]!.AsObject()) + 30);
    }

    [Fact]
    public void Secrets_are_files_that_are_named_in_one_place()
    {
        foreach (var file in new[] { compose, postgres })
        {
            var used = file["services"]!.AsObject().SelectMany(service => service.Value!["secrets"]?.AsArray() ?? [])
                .Select(secret => secret is JsonObject ? (string)secret["source"]! : (string)secret!).ToArray();

            used.Should().NotBeEmpty().And.BeEquivalentTo(file["secrets"]!.AsObject().Select(secret => secret.Key));
            file["secrets"]!.AsObject().Should().OnlyContain(secret => ((string)secret.Value!["file"]!).EndsWith(".txt"));
            file["services"]!.AsObject().SelectMany(service => service.Value!["environment"]!.AsObject()).Select(variable => variable.Key)
                .Should().NotContain(key => (key.Contains("Token") || key.Contains("PASSWORD") || key.Contains("ConnectionString")) && !key.EndsWith("_FILE"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_program_takes_its_settings(bool onPostgres)
    {
        await using var program = new ScimProgram();
        JsonObject[] files = onPostgres ? [compose, postgres] : [compose];
        program["ScimSlice__Database__Provider"] = null;
        program["ScimSlice__Database__ConnectionString"] = ImageFile.Environment["ScimSlice__Database__ConnectionString"];
        foreach (var service in files.Select(file => file["services"]!["scimslice"]!))
        {
            service["environment"]!.AsObject().ToList().ForEach(variable => program[variable.Key] = (string?)variable.Value);
            service["secrets"]!.AsArray().ToList().ForEach(secret => program[(string)secret!["target"]!] = (string)secret["source"]! switch
            {
                "scim_token" => Token,
                "scim_database" => "Host=postgres;Database=scimslice;Username=scimslice;Password=secret",
                var other => throw new InvalidOperationException($"What is the secret {other}?"),
            });
        }

        var check = await program.RunAsync("config", "check");

        check.Error.Should().BeEmpty();
        check.ExitCode.Should().Be(0);
    }

    [Fact]
    public void PostgreSQL_keeps_its_data_and_is_waited_for()
    {
        var service = postgres["services"]!["postgres"]!;

        Texts(service["volumes"]).Should().ContainSingle().Which.Should().StartWith("postgres:");
        postgres["volumes"]!.AsObject().Should().ContainKey("postgres");
        ((string?)postgres["services"]!["scimslice"]!["depends_on"]!["postgres"]!["condition"]).Should().Be("service_healthy");
        service["healthcheck"].Should().NotBeNull();
        service["ports"].Should().BeNull("nobody else needs it");
    }

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(item => (string)item!)];

    private static int Drain(JsonObject environment) =>
        int.Parse((string?)environment["ScimSlice__Shutdown__DrainSeconds"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
}
