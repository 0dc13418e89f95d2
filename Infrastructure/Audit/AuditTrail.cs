using System.Diagnostics;
using System.Security.Cryptography;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>
/// What the request (or the command) changes. Handlers note it where they do it; the records are written in the same transaction, so that
/// there is no change without one and none without a change.
/// </summary>
public sealed class AuditTrail(CurrentOrganization organization, Actor otherwise, RefusalLog refusals, TimeProvider clock)
{
    private const string TagName = "scim.request_id";

    private readonly List<Change> changes = [];
    private readonly List<Happening> happenings = [];
    private string? requestId;
    private bool wroteEvents;

    /// <summary>What the request is called in the audit, in the log and in traces: 32 hexadecimal digits.</summary>
    public string RequestId => requestId ??= CreateId();

    /// <summary>Notes a change of the organization that the request acts on.</summary>
    /// <param name="version">The version that the resource has since; null where there is none.</param>
    public void Changed(string resourceType, string resourceId, long? version = null) => Changed(organization.Id, resourceType, resourceId, version);

    /// <summary>Notes a change that a command made to the organization that it names.</summary>
    public void Changed(string organizationId, string resourceType, string resourceId, long? version = null) =>
        changes.Add(new Change(organizationId, resourceType, resourceId, version));

    /// <summary>Notes what the change did, for whoever follows the organization's events: written with it, in this order.</summary>
    public void Happened(Happening happening) => happenings.Add(happening);

    /// <summary>Whether events were written since this was asked last.</summary>
    internal bool TakeWritten()
    {
        var was = wroteEvents;
        wroteEvents = false;
        return was;
    }

    /// <summary>Notes a part of the request that was refused.</summary>
    public void Refused(string method, string path, int status, string? scimType) =>
        refusals.Note(organization.Id, organization.Actor ?? otherwise, RequestId, method, path, status, scimType);

    /// <summary>Forgets what is noted and not written.</summary>
    internal void Forget()
    {
        changes.Clear();
        happenings.Clear();
    }

    /// <summary>Writes a record for each change that was noted, and the events.</summary>
    internal async ValueTask WriteAsync(StorageSession storage, string operation)
    {
        var actor = organization.Actor ?? otherwise;
        foreach (var change in changes)
        {
            await AuditTable.InsertAsync(storage.Connection, AuditRecord.Of(change.OrganizationId, actor, RequestId, clock.GetUtcNow()) with
            {
                Operation = operation,
                ResourceType = change.ResourceType,
                ResourceId = change.ResourceId,
                Version = change.Version,
            });
        }

        if (happenings.Count > 0)
        {
            await EventTable.AppendAsync(storage, happenings, actor, RequestId, DateTimeValue.Format(clock.GetUtcNow()));
            wroteEvents = true;
        }
    }

    private static string CreateId()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        Activity.Current?.SetTag(TagName, id);
        return id;
    }

    private readonly record struct Change(string OrganizationId, string ResourceType, string ResourceId, long? Version);
}
