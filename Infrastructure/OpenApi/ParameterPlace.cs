namespace ScimSlice.Infrastructure.OpenApi;

/// <summary>Where a request carries a parameter. OpenAPI 3.1.1 §4.8.12.1.</summary>
public enum ParameterPlace
{
    Query,
    Path,
    Header,
}
