using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Faults;

/// <summary>Makes the programs of the fault tests: one known token, no limit of requests.</summary>
internal static class FaultProgram
{
    public const string Token = "bootstrap-token-of-the-fault-tests-0123456789";

    /// <summary>A program on its own SQLite file, or on the given database.</summary>
    public static ScimProgram Create(IFaultStore? store = null)
    {
        var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Token;
        program["ScimSlice__Limits__RequestsPerSecond"] = "0";
        program["ScimSlice__Limits__ConcurrentRequests"] = "0";
        store?.Configure(program);
        return program;
    }

    public static ScimClient Client(this ScimProgram program) => program.CreateClient(Token);
}
