using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using Xunit;

namespace ScimSlice.Tests.Scim.Patching;

/// <summary>
/// The tables in Cases: a resource before, operations, and the resource after (whole, or the members that change), or the
/// scimType of the refusal. A case without a mode runs in both.
/// </summary>
public sealed class PatchCaseTests
{
    public static TheoryData<string, string, bool> Cases()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var file in DataFile.In("Patching/Cases"))
        {
            foreach (var found in DataFile.Read(file).GetProperty("cases").EnumerateArray())
            {
                var mode = found.TryGetProperty("mode", out var given) ? given.GetString() : null;
                bool[] modes = mode is null ? [false, true] : [mode == "strict"];
                foreach (var strict in modes)
                {
                    data.Add(file, found.GetProperty("name").GetString()!, strict);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_patch_leaves_what_the_table_says_and_the_original_as_it_was(string file, string name, bool strict)
    {
        var (type, found) = Find(file, name, strict);
        var before = Sample.Read(type, Text(found, "before"), strict);
        var written = Sample.Written(before);
        ResourceDocument? after = null;

        var refused = Refusal.Of(() => after = Patch.Apply(before, Text(found, "operations"), strict));

        Sample.Written(before).Should().Be(written);
        if (found.TryGetPropertyValue("error", out var error))
        {
            var told = refused is null ? "accepted" : error!.GetValue<string>() == "400" ? $"{refused.Status}" : refused.ScimType;
            told.Should().Be(error!.GetValue<string>(), refused?.Detail);
        }
        else
        {
            refused.Should().BeNull(refused?.Detail);
            after.Should().Be(Sample.Read(type, After(found), strict), $"this is wrong: {Sample.Written(after!)}");
        }
    }

    [Fact]
    public void There_are_cases() => Cases().Should().HaveCountGreaterThan(500);

    private static (ResourceType Type, JsonObject Case) Find(string file, string name, bool strict)
    {
        var table = DataFile.Read(file);
        var found = JsonObject.Create(table.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name
            && (!item.TryGetProperty("mode", out var mode) || strict == (mode.GetString() == "strict"))))!;
        if (table.TryGetProperty("before", out var before))
        {
            found.TryAdd("before", JsonObject.Create(before));
        }

        return (table.GetProperty("type").GetString() == "Widget" ? Sample.Widget : Sample.User, found);
    }

    private static string Text(JsonObject found, string member) => found[member]!.ToJsonString();

    private static string After(JsonObject found)
    {
        if (found["after"] is { } whole)
        {
            return whole.ToJsonString();
        }

        var after = found["before"]!.DeepClone().AsObject();
        foreach (var (name, value) in found["change"]!.AsObject())
        {
            after[name] = value?.DeepClone();
        }

        return after.ToJsonString();
    }
}
