using System.CommandLine;
using System.Text.Json;
using Mediator;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Features.Organizations;

/// <summary>The verbs <c>org create</c>, <c>org list</c>, <c>org set</c> and <c>org map-role</c>.</summary>
internal static class OrganizationVerbs
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The organization's name" };
        var create = new Command("create", "Create an organization (a customer)") { name };
        create.Sends(async (sender, parsed, cancellationToken) =>
        {
            var row = await sender.Send(new CreateOrganization.Command(parsed.GetRequiredValue(name)), cancellationToken);
            parsed.Print(json => Write(json, row), text => text.WriteLine($"{row.Name} is created. Issue its token: token create {row.Name} --name okta"));
        });

        var list = new Command("list", "List the organizations");
        list.Sends(async (sender, parsed, cancellationToken) =>
        {
            var rows = await sender.Send(new ListOrganizations.Query(), cancellationToken);
            parsed.PrintEach(rows, Write, row => $"{row.Id}  {row.CreatedAt}  {row.Name}");
        });
        return new Command("org", "Organizations") { create, list, Set(), MapRole() };
    }

    private static Command Set()
    {
        var name = new Argument<string>("NAME") { Description = "The organization's name or id" };
        var domains = new Option<string[]>("--email-domain") { Description = "Domains that a userName must be in; \"\" lifts the rule", AllowMultipleArgumentsPerToken = true };
        var roles = new Option<string>("--roles") { Description = "The values that role may take, highest first: owner,member" };
        var defaultRole = new Option<string>("--default-role") { Description = "The role of a user created without one" };
        var strict = new Option<bool?>("--strict") { Description = "Refuse clients' deviations from the RFCs; --strict false understands them again" };
        var index = new Option<string[]>("--index") { Description = "Attributes that filters look up fast, beyond those that always are; \"\" for none", AllowMultipleArgumentsPerToken = true };
        var sensitive = new Option<string[]>("--sensitive") { Description = "Attributes that a filter in a URL must not name; \"\" for none", AllowMultipleArgumentsPerToken = true };
        var set = new Command("set", "Change an organization's rules") { name, domains, roles, defaultRole, index, sensitive, strict };
        return set.Sends(async (sender, parsed, cancellationToken) =>
        {
            var command = new ChangeOrganization.Command(
                parsed.GetRequiredValue(name),
                parsed.GetResult(domains) is null ? null : parsed.GetValue(domains),
                parsed.GetValue(roles)?.Split(',', StringSplitOptions.TrimEntries),
                parsed.GetValue(defaultRole),
                parsed.GetResult(strict) is null ? null : parsed.GetValue(strict) ?? true,
                Sensitive: parsed.GetResult(sensitive) is null ? null : parsed.GetValue(sensitive));
            if (parsed.GetResult(index) is not null)
            {
                await IndexAsync(sender, parsed.GetRequiredValue(name), parsed.GetValue(index)!, cancellationToken);
            }

            var row = await sender.Send(command, cancellationToken);

            var rules = row.Rules;
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    WriteMembers(json, row);
                    WriteList(json, "emailDomains", rules.EmailDomains);
                    WriteList(json, "roles", rules.Roles);
                    json.WriteString("defaultRole", rules.DefaultRole);
                    json.WriteBoolean("strict", rules.Strict);
                    WriteList(json, "indexed", rules.Indexed);
                    WriteList(json, "sensitive", rules.Sensitive);
                    json.WriteEndObject();
                },
                text =>
                {
                    text.WriteLine($"{row.Name}");
                    text.WriteLine($"  e-mail domains  {(rules.EmailDomains.Count == 0 ? "all" : string.Join(", ", rules.EmailDomains))}");
                    text.WriteLine($"  roles           {string.Join(", ", rules.Roles)}");
                    text.WriteLine($"  default role    {rules.DefaultRole}");
                    text.WriteLine($"  strict          {(rules.Strict ? "yes" : "no")}");
                    text.WriteLine($"  indexed         {(rules.Indexed.Count == 0 ? "nothing more" : string.Join(", ", rules.Indexed))}");
                    text.WriteLine($"  sensitive       {(rules.Sensitive.Count == 0 ? "nothing" : string.Join(", ", rules.Sensitive))}");
                });
        });
    }

    private static Command MapRole()
    {
        var name = new Argument<string>("NAME") { Description = "The organization's name or id" };
        var group = new Option<string>("--group") { Description = "The group: its displayName or its id" };
        var role = new Option<string>("--role") { Description = "The role that its members have at least; \"\" ends that" };
        var map = new Command("map-role", "Give the members of a group a role; without options, list the groups that do") { name, group, role };
        map.Validators.Add(result =>
        {
            if (result.GetResult(group) is null != result.GetResult(role) is null)
            {
                result.AddError("--group and --role go together.");
            }
        });
        return map.Sends(async (sender, parsed, cancellationToken) =>
        {
            if (parsed.GetValue(group) is not { } named)
            {
                var mappings = await sender.Send(new ListRoleMappings.Query(parsed.GetRequiredValue(name)), cancellationToken);
                parsed.PrintEach(mappings, Write, mapping => $"{mapping.GroupId}  {mapping.Role ?? "(a role that the organization has not)"}  {mapping.Group}");
                return;
            }

            var wanted = parsed.GetValue(role) is { Length: > 0 } given ? given : null;
            var made = await sender.Send(new AssignRole.Command(parsed.GetRequiredValue(name), named, wanted), cancellationToken);
            parsed.Print(json => Write(json, made), text => text.WriteLine(made.Role is null
                ? $"The members of {made.Group} have the roles that were sent."
                : $"The members of {made.Group} are {made.Role} at least."));
        });
    }

    private static void Write(Utf8JsonWriter json, RoleMapping mapping)
    {
        json.WriteStartObject();
        json.WriteString("groupId", mapping.GroupId);
        json.WriteString("group", mapping.Group);
        json.WriteString("role", mapping.Role);
        json.WriteEndObject();
    }

    /// <summary>
    /// Marks attributes: first every change keeps their values, then those of users who are there are filled in, then filters use them.
    /// What is not marked any more goes the other way. Broken off, it is begun again by the same command.
    /// </summary>
    private static async Task IndexAsync(ISender sender, string organization, IReadOnlyList<string> attributes, CancellationToken cancellationToken)
    {
        var progress = new ProgressLine("org set");
        var index = await sender.Send(new IndexAttributes.Command(organization, attributes), cancellationToken);
        var row = index.Organization;
        foreach (var attribute in index.Added)
        {
            var users = 0L;
            for (var last = ""; last is not null; users += FillIndex.BatchSize)
            {
                progress.Tell($"{attribute}: the values of {users} users are filled in");
                last = await sender.Send(new FillIndex.Command(row.Id, attribute, last), cancellationToken);
            }
        }

        await sender.Send(new ChangeOrganization.Command(row.Id, Indexed: index.Attributes), cancellationToken);
        if (index.Dropped.Count > 0)
        {
            // Servers go by the rules that they read up to a second ago.
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }

        foreach (var attribute in index.Dropped)
        {
            while (await sender.Send(new DropIndex.Command(row.Id, attribute), cancellationToken))
            {
                progress.Tell($"{attribute}: its values are removed");
            }
        }
    }

    private static void Write(Utf8JsonWriter json, OrganizationRow row)
    {
        json.WriteStartObject();
        WriteMembers(json, row);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, OrganizationRow row)
    {
        json.WriteString("id", row.Id);
        json.WriteString("name", row.Name);
        json.WriteString("createdAt", row.CreatedAt);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
