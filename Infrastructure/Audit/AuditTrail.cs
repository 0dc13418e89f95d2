using System.Diagnostics;
using System.Globalization;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>
/// What the request (or the command) changes. Handlers note it where they do it; the records are written in the same transaction, so that
/// there is no change without one and none without a change.
/// </summary>
public sealed class AuditTrail(CurrentOrganization organization, Actor otherwise, RequestLog log, TimeProvider clock)
{
    private const string TagName = "scim.request_id";

    private readonly List<Change> changes = [];
    private readonly List<Happening> happenings = [];
    private string? requestId;
    private bool wroteEvents;
    private bool isTold;

    /// <summary>What the request is called in the audit, in the log and in traces: 32 hexadecimal digits.</summary>
    public string RequestId => requestId ??= CreateId();

    /// <summary>What is worked on: the request, or one operation of it; null for a command.</summary>
    public RequestNote? Request { get; set; }

    /// <summary>Events that were written so far of users whose role was changed by something else than a change of theirs, be they kept or undone.</summary>
    public int RoleEvents { get; private set; }

    /// <summary>Records of changes that were written so far, but for what was undone to be tried again.</summary>
    public int Written { get; private set; }

    /// <summary>Begins a unit of work again, of which all that was written so far is undone.</summary>
    /// <param name="written">Records that were written before it.</param>
    public void Restart(int written) => Written = written;

    /// <summary>Goes on with a request that came before, under the id that it was given then.</summary>
    public void Resume(string id, RequestNote note) => (requestId, Request) = (id, note);

    /// <summary>A detail without what a client wrote, but for ids and what the organization's schemas name.</summary>
    public string Redacted(string marked) => Excerpt.Redacted(marked, IsKept);

    /// <summary>Notes a change of the organization that the request acts on.</summary>
    /// <param name="version">The version that the resource has since; null where there is none.</param>
    public void Changed(string resourceType, string resourceId, long? version = null) => Changed(organization.Id, resourceType, resourceId, version);

    /// <summary>Notes a change that a command made to the organization that it names.</summary>
    public void Changed(string organizationId, string resourceType, string resourceId, long? version = null) =>
        changes.Add(new Change(organizationId, resourceType, resourceId, version));

    /// <summary>Notes what the change did, for whoever follows the organization's events: written with it, in this order.</summary>
    public void Happened(Happening happening) => happenings.Add(happening);

    /// <summary>Notes what the change that was noted last brought about for others.</summary>
    /// <param name="ended">Whether it ended what it changed, and so gave it no version.</param>
    public void Brought(IEnumerable<Happening> others, bool ended = false)
    {
        var change = changes[^1];
        var cause = new EventCause(change.ResourceType, change.ResourceId, (change.Version ?? 0) + (ended ? 1 : 0));
        happenings.AddRange(others.Select(happening => happening with { Cause = cause }));
    }

    /// <summary>Whether events were written since this was asked last.</summary>
    internal bool TakeWritten()
    {
        var was = wroteEvents;
        wroteEvents = false;
        return was;
    }

    /// <summary>Notes a request, or a part of it, that was refused.</summary>
    /// <param name="marked">Why, with marks around what the client wrote (see <see cref="Excerpt"/>).</param>
    public void Refused(RequestNote request, int status, string? scimType, string marked)
    {
        isTold = true;
        log.Note(organization.Id, organization.Actor ?? otherwise, RequestId, request, status, scimType, Excerpt.Redacted(marked, IsKept));
    }

    /// <summary>Notes a change, or a part of the request, that found all as it would make it.</summary>
    public void Unchanged(RequestNote request, int status)
    {
        isTold = true;
        log.Note(organization.Id, organization.Actor ?? otherwise, RequestId, request, status);
    }

    /// <summary>Notes the request as one that changed nothing, where no change and nothing else of it was noted.</summary>
    public void Answered(int status)
    {
        if (!isTold && Written == 0 && Request is not null)
        {
            Unchanged(Request, status);
        }
    }

    /// <summary>Notes the request as one that read something, when it has been answered.</summary>
    public void Read(ScimResponse response)
    {
        var actor = organization.Actor ?? otherwise;
        if (isTold || Request is null || log.CountsRead(organization.Id, actor, Request.Method, response.Status))
        {
            return;
        }

        isTold = true;
        var list = response switch { ScimResponse.List whole => whole.Content, StreamedList streamed => streamed.Content, _ => null };
        log.NoteRead(organization.Id, actor, RequestId, Request, response.Status, list is null ? null : FoundIn(list), list is { TotalResults: 1, Resources: [var only] } ? Named(only) : null);
    }

    /// <summary>Forgets what is noted and not written.</summary>
    internal void Forget()
    {
        changes.Clear();
        happenings.Clear();
    }

    /// <summary>Writes a record for each change that was noted, and the events.</summary>
    /// <param name="status">What the request is answered with if the change is made; null for a command.</param>
    internal async ValueTask WriteAsync(StorageSession storage, string operation, int? status = null)
    {
        var actor = organization.Actor ?? otherwise;
        if (happenings.Count > 0)
        {
            await EventTable.AppendAsync(storage, happenings, actor, RequestId, Request?.Method, DateTimeValue.Format(clock.GetUtcNow()));
            wroteEvents = true;
            RoleEvents += happenings.Count(happening => happening.Type == EventTypes.UserRoleChanged);
        }

        // Last, so that a record is seen soon after the time that its id tells.
        foreach (var change in changes)
        {
            await AuditTable.InsertAsync(storage.Connection, AuditRecord.Of(change.OrganizationId, actor, RequestId, clock.GetUtcNow()) with
            {
                Operation = operation,
                Method = Request?.Method,
                Path = Request?.Path,
                Status = status,
                DurationUs = Request?.Microseconds,
                Quirks = Request?.QuirkNames(),
                ResourceType = change.ResourceType,
                ResourceId = change.ResourceId,
                Version = change.Version,
            });
            Written++;
        }
    }

    /// <summary>Of what a client wrote, the log keeps ids of ours and what the organization's schemas name; all else may be a value.</summary>
    private bool IsKept(string text) => ResourceId.IsId(text)
        || organization.Schemas.Schema(text) is not null
        || (AttributePathParser.Parse(text, organization.Schemas.Any) is { } path && organization.Schemas.Any.Resolve(path) is not null);

    private string FoundIn(ListResponse list) => string.Create(
        CultureInfo.InvariantCulture, $"{list.TotalResults} found{(list.Filter is null ? "" : $" by {FilterPrinter.PrintRedacted(list.Filter, IsKept)}")}");

    private static (string Type, string Id, long Version) Named(StoredResource resource) =>
        (resource.Location.StartsWith("/Groups/", StringComparison.Ordinal) ? "Group" : "User", resource.Id, resource.Version);

    private string CreateId()
    {
        var id = RequestIds.Create(clock.GetUtcNow());
        Activity.Current?.SetTag(TagName, id);
        return id;
    }

    private readonly record struct Change(string OrganizationId, string ResourceType, string ResourceId, long? Version);
}
