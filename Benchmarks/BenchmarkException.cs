namespace ScimSlice.Benchmarks;

/// <summary>The run cannot go on, or measured something that it must not: the message says what.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
