using System.Data.Common;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Faults;

/// <summary>The database under a fault test, as an operator's tool sees it beside the service.</summary>
internal interface IFaultStore
{
    /// <summary>The expression that shows the column <c>search</c> as JSON text.</summary>
    string SearchText { get; }

    /// <summary>Lets a program use this database.</summary>
    void Configure(ScimProgram program);

    DbConnection Open();

    /// <summary>What the engine's own checks find wrong.</summary>
    IEnumerable<string> EngineFaults(DbConnection connection);
}
