namespace ScimSlice.Benchmarks;

/// <summary>One operation under load: how ScimSlice is asked, how the probe is, and which keys vary.</summary>
/// <param name="Script">Below Load, for wrk.</param>
/// <param name="ProductPath">What stands before the key.</param>
/// <param name="ProductSuffix">What stands behind it.</param>
/// <param name="ProbeScript">Where the probe is asked in another way than ScimSlice.</param>
internal sealed record Operation(
    string Name, string Title, string Script, string ProductPath, string ProbePath, string ProductSuffix = "", bool ByName = false, string? ProbeScript = null)
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        new("get", "GET by id", "get.lua", "/scim/v2/Users/", "/get/"),
        new("filter", "filter userName eq", "get.lua", "/scim/v2/Users?filter=userName%20eq%20%22", "/name/", "%22", ByName: true),
        new("email", "filter emails.value eq", "get.lua", "/scim/v2/Users?filter=emails.value%20eq%20%22", "/address/", "%22", ByName: true),
        new("work", "filter emails[type eq work].value eq", "get.lua", "/scim/v2/Users?filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22", "/address/", "%22", ByName: true),
        new("list", "list count=100", "list.lua", "/scim/v2/Users?count=100", "/list"),
        new("create", "create, durable", "create.lua", "/scim/v2/Users", "/create"),

        // What a change costs at least is what an insert costs at least: one row in the group's commit.
        new("patch", "PATCH active", "patch.lua", "/scim/v2/Users/", "/create", ProbeScript: "create.lua"),
    ];

    public static Operation Of(string name) =>
        All.FirstOrDefault(operation => operation.Name == name) ?? throw new ArgumentException($"{name} is no operation.");
}
