using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Configuration;

/// <summary>
/// The schemas that are served: the built-in ones with what the files of <c>Schemas:Folder</c> add. A folder in it that is named like
/// an organization holds what only that organization has. Read once at the start; every fault is told with its file.
/// </summary>
public sealed class SchemaFolder
{
    /// <summary>Files of the folder and of each folder in it.</summary>
    private const int MaxFiles = 100;

    /// <summary>Bytes of a file.</summary>
    private const int MaxFileBytes = 1024 * 1024;

    private readonly Dictionary<string, SchemaRegistry> ofOrganizations = new(StringComparer.Ordinal);

    private SchemaFolder() => OfAll = SchemaRegistry.BuiltIn;

    /// <summary>No files: what ships with the program.</summary>
    public static SchemaFolder None { get; } = new();

    /// <summary>The schemas of an organization that has no folder of its own.</summary>
    public SchemaRegistry OfAll { get; private set; }

    /// <summary>The schemas of the organization of that name.</summary>
    public SchemaRegistry Of(string organization) => ofOrganizations.GetValueOrDefault(FoldedKey.Of(organization)) ?? OfAll;

    /// <summary>Reads the folder; what is wrong goes to <paramref name="faults"/>.</summary>
    public static SchemaFolder Read(string path, ICollection<string> faults)
    {
        var folder = new SchemaFolder();
        try
        {
            if (!Directory.Exists(path))
            {
                faults.Add($"ScimSlice:Schemas:Folder: there is no folder {path}.");
                return folder;
            }

            var shared = ReadFiles(path, faults);
            folder.OfAll = Compose(shared, faults);
            foreach (var own in Directory.EnumerateDirectories(path).Where(own => !IsHidden(own)).Order(StringComparer.Ordinal))
            {
                if (!OrganizationName.IsValid(Path.GetFileName(own)))
                {
                    faults.Add($"{own}: is not named like an organization; its name {OrganizationName.Rule}.");
                }

                foreach (var deeper in Directory.EnumerateDirectories(own).Where(deeper => !IsHidden(deeper)))
                {
                    faults.Add($"{deeper}: no folder is looked for here; put its files one folder up.");
                }

                if (!folder.ofOrganizations.TryAdd(FoldedKey.Of(Path.GetFileName(own)), Compose([.. shared, .. ReadFiles(own, faults)], faults)))
                {
                    faults.Add($"{own}: another folder is named like the same organization.");
                }
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add($"ScimSlice:Schemas:Folder cannot be read: {fault.Message}");
        }

        return folder;
    }

    /// <summary>What editors and synchronization leave lying about.</summary>
    private static bool IsHidden(string path) => Path.GetFileName(path).StartsWith('.');

    private static SchemaRegistry Compose(IReadOnlyList<(string File, CustomSchema Schema)> files, ICollection<string> faults)
    {
        var found = new List<(int File, string Fault)>();

        // Extensions first, so that the order of the files' names does not decide whether attributes can be added to one.
        var ordered = files.OrderBy(file => file.Schema.Extends is null ? 0 : 1).ToArray();
        var registry = SchemaRegistry.BuiltIn.With([.. ordered.Select(file => file.Schema)], found);
        foreach (var (index, fault) in found)
        {
            var line = $"{ordered[index].File}: {fault}";
            if (!faults.Contains(line))
            {
                faults.Add(line);
            }
        }

        return registry;
    }

    private static List<(string File, CustomSchema Schema)> ReadFiles(string folder, ICollection<string> faults)
    {
        var files = new List<(string File, CustomSchema Schema)>();
        var paths = Directory.EnumerateFiles(folder).Where(path => !IsHidden(path) && Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToArray();
        if (paths.Length > MaxFiles)
        {
            faults.Add($"{folder}: has more than {MaxFiles} files.");
            return files;
        }

        var urns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in paths)
        {
            // A pipe, too, has no length, and nothing may ever come out of it.
            if (new FileInfo(path).Length is var length && length is 0 or > MaxFileBytes)
            {
                faults.Add($"{path}: has {length} bytes; a schema file has 1 to {MaxFileBytes}.");
                continue;
            }

            var (schema, wrong) = CustomSchemaReader.Read(File.ReadAllBytes(path));
            foreach (var fault in wrong)
            {
                faults.Add($"{path}: {fault}");
            }

            if (schema is { Extends: null } && !urns.Add(schema.Schema.Id))
            {
                faults.Add($"{path}: another file of this folder has the id {schema.Schema.Id}.");
            }
            else if (schema is not null)
            {
                files.Add((path, schema));
            }
        }

        return files;
    }
}
