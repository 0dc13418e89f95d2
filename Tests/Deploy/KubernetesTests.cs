using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Deploy;

public class KubernetesTests
{
    private const string Sqlite = "deploy/kubernetes/sqlite.yaml";
    private const string Postgres = "deploy/kubernetes/postgres.yaml";

    public static TheoryData<string> Deployments => [.. DeployFile.OfKind("Deployment").Select(found => found.Path)];

    [Fact]
    public void There_is_a_deployment_for_each_engine()
    {
        var found = DeployFile.OfKind("Deployment").Select(deployment => deployment.Path);

        found.Should().BeEquivalentTo(Sqlite, Postgres);
    }

    [Fact]
    public void All_stands_in_the_namespace_that_refuses_pods_with_rights()
    {
        var names = DeployFile.OfKind("Namespace").Single().Document["metadata"]!;
        var others = Kubernetes().Where(document => (string?)document["kind"] != "Namespace").ToArray();

        ((string?)names["labels"]!["pod-security.kubernetes.io/enforce"]).Should().Be("restricted");
        others.Should().HaveCountGreaterThan(7).And.OnlyContain(document => (string?)document["metadata"]!["namespace"] == (string?)names["name"]);
        Kubernetes().Should().OnlyContain(document => document["apiVersion"] != null && document["metadata"]!["name"] != null);
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void A_pod_has_no_rights_and_writes_to_its_volume_only(string path)
    {
        var (pod, container) = Pod(path);

        ((string?)container["image"]).Should().Be(ImageFile.Tag);
        Text(pod["securityContext"]!, "runAsNonRoot").Should().Be("true");
        Text(pod["securityContext"]!, "runAsUser").Should().Be(ImageFile.User);
        Text(pod["securityContext"]!, "runAsGroup").Should().Be(ImageFile.User);
        Text(pod["securityContext"]!, "fsGroup").Should().Be(ImageFile.User);
        Text(pod["securityContext"]!["seccompProfile"]!, "type").Should().Be("RuntimeDefault");
        Text(pod, "automountServiceAccountToken").Should().Be("false");
        Text(container["securityContext"]!, "allowPrivilegeEscalation").Should().Be("false");
        Text(container["securityContext"]!, "readOnlyRootFilesystem").Should().Be("true");
        container["securityContext"]!["capabilities"]!["drop"]!.AsArray().Select(name => (string?)name).Should().Equal("ALL");
        Text(container["resources"]!["limits"]!, "memory").Should().Be("256Mi");
        container["resources"]!["requests"]!.AsObject().Should().ContainKeys("cpu", "memory");
        container["volumeMounts"]!.AsArray().Where(mount => (string?)mount!["readOnly"] != "true").Select(mount => (string?)mount!["mountPath"])
            .Should().Equal(ImageFile.Volume);
        container["volumeMounts"]!.AsArray().Select(mount => (string?)mount!["name"])
            .Should().BeEquivalentTo(pod["volumes"]!.AsArray().Select(volume => (string?)volume!["name"]));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public async Task Its_probes_ask_routes_that_there_are(string path)
    {
        await using var host = await StartedHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Value.Origin };
        var container = Pod(path).Container;
        var port = container["ports"]!.AsArray().Single()!;

        foreach (var (probe, asked) in new[] { ("startupProbe", "/readyz"), ("readinessProbe", "/readyz"), ("livenessProbe", "/livez") })
        {
            var get = container[probe]!["httpGet"]!;
            var answer = await client.GetAsync(new Uri((string)get["path"]!, UriKind.Relative));

            ((string?)get["path"]).Should().Be(asked);
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
            ((string?)get["port"]).Should().Be((string?)port["name"]);
        }

        ((string?)port["containerPort"]).Should().Be(ImageFile.Port);
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Its_end_is_waited_for(string path)
    {
        var (pod, container) = Pod(path);
        var drain = int.Parse(Environment(container)["ScimSlice__Shutdown__DrainSeconds"], CultureInfo.InvariantCulture);
        var ready = container["readinessProbe"]!;
        int Number(JsonNode node, string name) => int.Parse(Text(node, name)!, CultureInfo.InvariantCulture);

        Number(pod, "terminationGracePeriodSeconds").Should().BeGreaterThan(drain + 30, "a request under way is waited for so long");
        drain.Should().BeGreaterThan(Number(ready, "periodSeconds") * Number(ready, "failureThreshold"), "by then it is known that the pod is not ready");
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public async Task The_program_takes_its_settings(string path)
    {
        await using var program = new ScimProgram();
        var (pod, container) = Pod(path);
        program["ScimSlice__Database__Provider"] = null;
        program["ScimSlice__Database__ConnectionString"] = path == Postgres ? "Host=db;Database=scimslice" : ImageFile.Environment["ScimSlice__Database__ConnectionString"];
        program["ScimSlice__Bootstrap__Token"] = "0123456789abcdef0123456789abcdef";
        foreach (var (name, value) in Environment(container))
        {
            program[name] = value;
        }

        var check = await program.RunAsync("config", "check");

        check.Error.Should().BeEmpty();
        check.ExitCode.Should().Be(0);
        pod["volumes"]!.AsArray().Where(volume => (string?)volume!["name"] == "secrets").Select(volume => (string?)volume!["secret"]!["secretName"])
            .Should().Equal("scimslice");
        container["volumeMounts"]!.AsArray().Where(mount => (string?)mount!["name"] == "secrets").Select(mount => (string?)mount!["mountPath"])
            .Should().Equal("/run/secrets");
        Environment(container).Keys.Should().NotContain(name => name.Contains("Token") || name.Contains("ConnectionString"), "secrets are files");
    }

    [Fact]
    public void SQLite_has_one_server_at_a_time_on_one_claim()
    {
        var spec = DeployFile.OfKind("Deployment").Single(found => found.Path == Sqlite).Document["spec"]!;
        var claim = DeployFile.OfKind("PersistentVolumeClaim").Single().Document;

        Text(spec, "replicas").Should().Be("1");
        Text(spec["strategy"]!, "type").Should().Be("Recreate");
        Text(Pod(Sqlite).Pod["volumes"]!.AsArray().Single(volume => (string?)volume!["name"] == "data")!["persistentVolumeClaim"]!, "claimName")
            .Should().Be((string?)claim["metadata"]!["name"]);
        claim["spec"]!["accessModes"]!.AsArray().Select(mode => (string?)mode).Should().Equal("ReadWriteOnce");
    }

    [Fact]
    public void PostgreSQL_has_several_on_different_nodes_and_never_loses_two_at_once()
    {
        var spec = DeployFile.OfKind("Deployment").Single(found => found.Path == Postgres).Document["spec"]!;
        var budget = DeployFile.OfKind("PodDisruptionBudget").Single().Document["spec"]!;
        var spread = Pod(Postgres).Pod["topologySpreadConstraints"]!.AsArray();

        int.Parse(Text(spec, "replicas")!, CultureInfo.InvariantCulture).Should().BeGreaterThan(1);
        Text(spec["strategy"]!["rollingUpdate"]!, "maxUnavailable").Should().Be("0");
        Text(budget, "maxUnavailable").Should().Be("1");
        Labels(budget["selector"]!["matchLabels"]).Should().Equal(PodLabels(Postgres));
        spread.Select(constraint => (string?)constraint!["topologyKey"]).Should().Contain("kubernetes.io/hostname");
        spread.Should().OnlyContain(constraint => Labels(constraint!["labelSelector"]!["matchLabels"]).SequenceEqual(PodLabels(Postgres)));
        Environment(Pod(Postgres).Container)["ScimSlice__Database__Provider"].Should().Be("Postgres");
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Service_policies_and_the_deployment_itself_select_its_pods(string path)
    {
        var deployment = DeployFile.OfKind("Deployment").Single(found => found.Path == path).Document;
        var service = DeployFile.OfKind("Service").Single().Document["spec"]!;
        var policies = DeployFile.OfKind("NetworkPolicy").Select(found => found.Document["spec"]!).ToArray();

        Labels(deployment["spec"]!["selector"]!["matchLabels"]).Should().Equal(PodLabels(path));
        Labels(service["selector"]).Should().Equal(PodLabels(path));
        ((string?)service["ports"]!.AsArray().Single()!["targetPort"]).Should().Be((string?)Pod(path).Container["ports"]![0]!["name"]);
        policies.Should().HaveCount(2).And.OnlyContain(policy => Labels(policy["podSelector"]!["matchLabels"]).SequenceEqual(PodLabels(path)));
    }

    [Fact]
    public void The_network_lets_in_the_one_port_and_out_names_signing_keys_and_the_database()
    {
        var policies = DeployFile.OfKind("NetworkPolicy").Select(found => found.Document["spec"]!).ToArray();
        var common = policies.Single(policy => policy["ingress"] is not null);
        string[] Ports(JsonNode rule) => [.. rule["ports"]!.AsArray().Select(port => $"{port!["protocol"]} {port["port"]}")];

        common["policyTypes"]!.AsArray().Select(type => (string?)type).Should().Equal("Ingress", "Egress");
        Ports(common["ingress"]!.AsArray().Single()!).Should().Equal($"TCP {ImageFile.Port}");
        common["ingress"]![0]!["from"]!.AsArray().Should().HaveCount(2).And.OnlyContain(from => from!["namespaceSelector"] != null);
        policies.SelectMany(policy => policy["egress"]!.AsArray()).SelectMany(rule => Ports(rule!)).Should().Equal("UDP 53", "TCP 53", "TCP 443", "TCP 5432");
        policies.SelectMany(policy => policy["egress"]!.AsArray()).Should().OnlyContain(rule => rule!["to"] != null, "a rule without a target is for everywhere");
    }

    [Fact]
    public void The_public_side_reaches_the_protocol_and_neither_probes_nor_metrics()
    {
        var ingress = DeployFile.OfKind("Ingress").Single().Document["spec"]!;
        var host = (string?)ingress["rules"]!.AsArray().Single()!["host"];
        var paths = ingress["rules"]![0]!["http"]!["paths"]!.AsArray();

        paths.Select(path => $"{path!["pathType"]} {path["path"]}").Should().Equal("Prefix /scim", $"Exact {TokenEndpoint.Path}");
        paths.Should().OnlyContain(path => (string?)path!["backend"]!["service"]!["name"] == (string?)DeployFile.OfKind("Service").Single().Document["metadata"]!["name"]);
        ingress["tls"]![0]!["hosts"]!.AsArray().Select(name => (string?)name).Should().Equal(host);
        DeployFile.OfKind("Deployment").Should().OnlyContain(found => Environment(Pod(found.Path).Container)["ScimSlice__PublicBaseUrl"] == $"https://{host}");
    }

    private static IReadOnlyList<JsonObject> Kubernetes() =>
        [.. DeployFile.All.Where(file => file.Path.StartsWith("deploy/kubernetes/", StringComparison.Ordinal)).SelectMany(file => file.Documents)];

    private static (JsonNode Pod, JsonNode Container) Pod(string path)
    {
        var pod = DeployFile.OfKind("Deployment").Single(found => found.Path == path).Document["spec"]!["template"]!["spec"]!;
        return (pod, pod["containers"]!.AsArray().Single()!);
    }

    private static IReadOnlyList<string> PodLabels(string path) =>
        Labels(DeployFile.OfKind("Deployment").Single(found => found.Path == path).Document["spec"]!["template"]!["metadata"]!["labels"]);

    private static IReadOnlyList<string> Labels(JsonNode? labels) => [.. labels!.AsObject().Select(label => $"{label.Key}={label.Value}")];

    private static Dictionary<string, string> Environment(JsonNode container) =>
        container["env"]!.AsArray().ToDictionary(variable => (string)variable!["name"]!, variable => (string)variable!["value"]!);

    private static string? Text(JsonNode node, string name) => (string?)node[name];
}
