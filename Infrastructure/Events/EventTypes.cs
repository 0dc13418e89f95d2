namespace ScimSlice.Infrastructure.Events;

/// <summary>What may happen to a resource, as events name it.</summary>
public static class EventTypes
{
    public const string UserCreated = "user.created";
    public const string UserUpdated = "user.updated";
    public const string UserRoleChanged = "user.role_changed";
    public const string UserDeactivated = "user.deactivated";
    public const string UserReactivated = "user.reactivated";
    public const string UserDeleted = "user.deleted";
    public const string UserRestored = "user.restored";
    public const string GroupCreated = "group.created";
    public const string GroupUpdated = "group.updated";
    public const string GroupDeleted = "group.deleted";
    public const string MemberAdded = "group.member_added";
    public const string MemberRemoved = "group.member_removed";

    /// <summary>A request that was accepted to be carried out later is done, or an operation of it.</summary>
    public const string RequestCompleted = "request.completed";

    public static IReadOnlyList<string> All { get; } =
    [
        UserCreated, UserUpdated, UserRoleChanged, UserDeactivated, UserReactivated, UserDeleted, UserRestored, GroupCreated, GroupUpdated, GroupDeleted, MemberAdded, MemberRemoved,
        RequestCompleted,
    ];
}
