using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Features.Events;

/// <summary>What an application knows of an organization: a snapshot, and the events since, put in as the documentation says.</summary>
internal sealed class Picture
{
    private readonly Dictionary<string, (long Version, JsonObject Attributes)> users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Version, JsonObject Attributes)> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> roles = new(StringComparer.Ordinal);
    private readonly SortedSet<string> members = new(StringComparer.Ordinal);

    public long Position { get; private set; }

    public static async Task<Picture> TakeAsync(ScimClient client, int limit)
    {
        var picture = new Picture();
        long? position = null;
        foreach (var kind in (string[])["users", "groups", "members"])
        {
            var next = "";
            while (next is not null)
            {
                var answer = await client.GetApiAsync($"/{kind}?limit={limit}{(next.Length > 0 ? $"&after={next}" : "")}{(position is null ? "" : $"&position={position}")}");
                answer.Status.Should().Be(200, answer.Text);
                position ??= answer.Body["position"]!.GetValue<long>();
                foreach (var row in answer.Body[kind]!.AsArray())
                {
                    picture.Add(kind, row!);
                }

                next = answer.Body["next"]?.GetValue<string>();
            }
        }

        picture.Position = position!.Value;
        return picture;
    }

    /// <summary>The effective role of each user, by its id.</summary>
    public IReadOnlyDictionary<string, string?> Roles => roles;

    public void Apply(IEnumerable<JsonNode> events)
    {
        foreach (var told in events)
        {
            var (type, id, version) = (told["type"]!.GetValue<string>(), told["resource"]!["id"]!.GetValue<string>(), told["resource"]!["version"]!.GetValue<long>());
            var known = type.StartsWith("user.", StringComparison.Ordinal) ? users : groups;
            switch (type)
            {
                case "group.member_added":
                    members.Add(Line(id, told["member"]!["type"]!.GetValue<string>(), told["member"]!["id"]!.GetValue<string>()));
                    Raise(groups, id, version);
                    break;
                case "group.member_removed":
                    members.Remove(Line(id, told["member"]!["type"]!.GetValue<string>(), told["member"]!["id"]!.GetValue<string>()));
                    Raise(groups, id, version);
                    break;
                case "user.deleted" or "group.deleted":
                    known.Remove(id);
                    roles.Remove(id);
                    members.RemoveWhere(line => line.StartsWith($"{id} ", StringComparison.Ordinal));
                    break;
                default:
                    ChangeRole(type, id, version, told["before"] as JsonObject, told["after"] as JsonObject);
                    Change(known, id, version, told["before"] as JsonObject, told["after"] as JsonObject);
                    break;
            }
        }
    }

    public string[] Lines() =>
    [
        .. users.Concat(groups).OrderBy(known => known.Key, StringComparer.Ordinal).Select(known => $"{known.Key} {known.Value.Version} {Sorted(known.Value.Attributes)}"), .. members,
        .. roles.OrderBy(known => known.Key, StringComparer.Ordinal).Select(known => $"{known.Key} may do what a {known.Value} may"),
    ];

    private static string Line(string group, string type, string id) => $"{group} {type} {id}";

    private static void Raise(Dictionary<string, (long Version, JsonObject Attributes)> known, string id, long version)
    {
        if (known.TryGetValue(id, out var now) && now.Version < version)
        {
            known[id] = (version, now.Attributes);
        }
    }

    /// <summary>Whose role changes by its groups has no new version: it is as told last. Who is created or comes back has the role that was sent, unless told otherwise.</summary>
    private void ChangeRole(string type, string id, long version, JsonObject? before, JsonObject? after)
    {
        if (before?.ContainsKey("effectiveRole") == true || after?.ContainsKey("effectiveRole") == true)
        {
            type.Should().Be("user.role_changed");
            var role = after?["effectiveRole"]?.GetValue<string>();
            role.Should().NotBe(before?["effectiveRole"]?.GetValue<string>());
            roles[id] = role;
            before?.Remove("effectiveRole");
            after?.Remove("effectiveRole");
        }
        else if (type is "user.created" or "user.restored" && !(users.TryGetValue(id, out var now) && version < now.Version))
        {
            roles[id] = after?["role"]?.GetValue<string>();
        }
    }

    /// <summary>What is older than what is known says nothing new; several events of one version belong together.</summary>
    private static void Change(Dictionary<string, (long Version, JsonObject Attributes)> known, string id, long version, JsonObject? before, JsonObject? after)
    {
        var now = known.TryGetValue(id, out var found) ? found : (Version: 0, Attributes: []);
        if (version < now.Version)
        {
            return;
        }

        Merge(now.Attributes, before, after);
        known[id] = (version, now.Attributes);
    }

    private static void Merge(JsonObject attributes, JsonObject? before, JsonObject? after)
    {
        foreach (var (name, _) in before ?? [])
        {
            if (name.StartsWith("urn:", StringComparison.Ordinal))
            {
                var container = (JsonObject)(attributes[name] ??= new JsonObject());
                Merge(container, before![name] as JsonObject, null);
                if (container.Count == 0)
                {
                    attributes.Remove(name);
                }
            }
            else
            {
                attributes.Remove(name);
            }
        }

        foreach (var (name, value) in after ?? [])
        {
            if (name.StartsWith("urn:", StringComparison.Ordinal))
            {
                Merge((JsonObject)(attributes[name] ??= new JsonObject()), null, value as JsonObject);
            }
            else
            {
                attributes[name] = value?.DeepClone();
            }
        }
    }

    private static string Sorted(JsonObject attributes) => new JsonObject(attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))).ToJsonString();

    private void Add(string kind, JsonNode row)
    {
        var id = row["id"]!.GetValue<string>();
        if (kind == "members")
        {
            members.Add(Line(row["group"]!.GetValue<string>(), row["type"]!.GetValue<string>(), id));
        }
        else
        {
            (kind == "users" ? users : groups)[id] = (row["version"]!.GetValue<long>(), (JsonObject)row["attributes"]!.DeepClone());
            if (kind == "users")
            {
                roles[id] = row["effectiveRole"]?.GetValue<string>();
            }
        }
    }
}
