namespace ScimSlice.Tests.Conformance;

/// <summary>Something that a SCIM service has to do, and the tests that show that this one does.</summary>
/// <param name="Waits">What it belongs to that is not built yet: groups, or events; null where it is built.</param>
/// <param name="Tests">Each as its class and method: <c>Features.Users.CreateUserTests.A_name_is_taken</c>.</param>
public sealed record Requirement(string Id, string Says, string Source, string? Waits, IReadOnlyList<string> Tests);
