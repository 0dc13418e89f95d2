using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Events;

/// <summary>GET /api/v1/members: who is in which group, group by group.</summary>
public static class ListSnapshotMembers
{
    private const string Kind = "members";

    /// <summary>Bytes that a membership takes in an answer, about.</summary>
    private const int Size = 130;

    private static readonly ApiSchema Row = ApiSchema.Of("Membership", $$"""
        {
          "type": "object",
          "required": ["group", "type", "id"],
          "properties": {
            "group": { "type": "string", "description": "The group's id." },
            "type": { "type": "string", "enum": ["User", "Group"] },
            "id": { "type": "string", "description": "The member's id." }
          }
        }
        """);

    public static ApiOperation Operation { get; } = new(nameof(ListSnapshotMembers), "Who is in which group, group by group")
    {
        Parameters = SnapshotPlace.Parameters,
        Answer = SnapshotPage.Schema("MemberSnapshot", Kind, Row),
    };

    public static Query From(ApiRequest request) => new(SnapshotPlace.Of(request));

    public sealed record Query(SnapshotPlace Place) : IQuery<SnapshotPage>, ISnapshotQuery;

    /// <summary>The request was checked as it was read.</summary>
    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization) : IQueryHandler<Query, SnapshotPage>
    {
        public async ValueTask<SnapshotPage> Handle(Query query, CancellationToken cancellationToken)
        {
            // The id of a group, a dot, and the id of a member.
            var parts = query.Place.After.Split('.');
            if (query.Place.After.Length > 0 && parts.Length != 2)
            {
                throw ScimException.InvalidValue("after: is not what an answer gave as next.");
            }

            var (group, member) = parts.Length == 2 ? (parts[0], parts[1]) : ("", "");
            var position = await query.Place.PositionAsync(storage, organization.Id);
            var page = new SnapshotPage(Kind, position, query.Place.Limit);
            await foreach (var row in storage.Connection.QueryUnbufferedAsync<Membership>(
                """
                select m.group_id, m.member_id, m.member_type from memberships m
                where m.organization_id = @organizationId and (m.group_id, m.member_id) > (@group, @member) order by m.group_id, m.member_id limit @count
                """,
                new { organizationId = organization.Id, group, member, count = query.Place.Limit + 1 }).WithCancellation(cancellationToken))
            {
                if (!page.TryAdd($"{row.GroupId}.{row.MemberId}", Size, json =>
                {
                    json.WriteStartObject();
                    json.WriteString("group", row.GroupId);
                    json.WriteString("type", row.MemberType);
                    json.WriteString("id", row.MemberId);
                    json.WriteEndObject();
                }))
                {
                    break;
                }
            }

            return page;
        }

        private sealed record Membership
        {
            public required string GroupId { get; init; }

            public required string MemberId { get; init; }

            public required string MemberType { get; init; }
        }
    }
}
