using System.Data.Common;
using Dapper;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>The table <c>audit_records</c>.</summary>
internal static class AuditTable
{
    public const string Columns =
        "id, at, request_id, actor_kind, actor, operation, method, path, status, scim_type, detail, duration_us, quirks, resource_type, resource_id, version, times";

    /// <summary>Whether the record is there.</summary>
    public static async Task<bool> HasAsync(DbConnection connection, AuditRecord record) => await connection.ExecuteScalarAsync<long>(
        "select count(*) from audit_records r where r.organization_id = @OrganizationId and r.id = @Id", record) > 0;

    /// <summary>Writes a record; one that is there already, since nobody could tell whether its commit was made, stays as it is.</summary>
    public static Task InsertAsync(DbConnection connection, AuditRecord record) => connection.ExecuteAsync(
        """
        insert into audit_records (
            organization_id, id, at, request_id, actor_kind, actor, operation, method, path, status, scim_type, detail, duration_us, quirks, resource_type,
            resource_id, version, times)
        values (
            @OrganizationId, @Id, @At, @RequestId, @ActorKind, @Actor, @Operation, @Method, @Path, @Status, @ScimType, @Detail, @DurationUs, @Quirks, @ResourceType,
            @ResourceId, @Version, @Times)
        on conflict do nothing
        """,
        record);
}
