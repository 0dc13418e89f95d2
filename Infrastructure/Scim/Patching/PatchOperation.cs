using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Paths;

namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>
/// One change: an action, its target and its value. Path-less operations have been spelled out as one operation per attribute,
/// <see cref="Echo"/> telling that the target was a name inside such a value. RFC 7644 §3.5.2.
/// </summary>
public sealed record PatchOperation(PatchAction Action, PatchPath Path, JsonElement? Value, bool Echo = false);
