using System.Globalization;

namespace ScimSlice.Tests.Faults;

/// <summary>How often the fault tests repeat their fault: the variable SCIMSLICE_FAULT_ROUNDS, a few times unless set.</summary>
internal static class FaultRounds
{
    public static int Count(int unlessSet) =>
        int.Parse(Environment.GetEnvironmentVariable("SCIMSLICE_FAULT_ROUNDS") ?? $"{unlessSet}", CultureInfo.InvariantCulture);
}
