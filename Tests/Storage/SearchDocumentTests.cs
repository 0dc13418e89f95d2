using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Scim;
using Xunit;

namespace ScimSlice.Tests.Storage;

public sealed class SearchDocumentTests
{
    [Fact]
    public void What_has_a_column_and_what_follows_from_the_rest_is_not_written_twice()
    {
        var document = Sample.ReadUser(
            $$"""
            "externalId": "E1", "displayName": "Ana", "active": true, "role": "owner", "title": "Lead",
            "emails": [{"value": "A@x.com", "primary": true}], "{{Sample.Enterprise}}": {"department": "Labs"}
            """);

        var shadow = SearchDocument.Of(document, UserTable.Filtered);

        shadow.Should().Be($$$"""{"title":"lead","emails":[{"value":"a@x.com","primary":"true"}],"{{{Sample.Enterprise}}}":{"department":"labs"}}""");
    }
}
