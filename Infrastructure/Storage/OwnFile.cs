namespace ScimSlice.Infrastructure.Storage;

/// <summary>Files that hold people: readable by nobody but the account that runs the program.</summary>
public static class OwnFile
{
    /// <summary>A new, empty file, open to be written and read. Throws as <see cref="FileStream"/> does, also where there is one already.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>The same for one that nobody else needs to find: it goes with its last user, however that one ends.</summary>
    public static FileStream CreateNameless(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
        }

        var file = Create(path);
        File.Delete(path);
        return file;
    }
}
