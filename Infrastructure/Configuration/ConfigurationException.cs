namespace ScimSlice.Infrastructure.Configuration;

/// <summary>The settings cannot be used; the message has one readable line for each fault.</summary>
public sealed class ConfigurationException(IEnumerable<string> faults) : Exception(string.Join('\n', faults));
