namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// A new file of an operator's: readable by its owner only, since it holds people, and under its name only when it is complete
/// and on disk. Nothing is overwritten, and what is given up leaves nothing behind.
/// </summary>
public sealed class WholeFile : IDisposable
{
    private readonly string path;
    private bool published;

    private WholeFile(string path)
    {
        this.path = path;
        UnfinishedPath = $"{path}.{Guid.NewGuid().ToString("N")[..8]}.unfinished";
    }

    /// <summary>Where the file lies until it is published: beside its place, so that it can take it in one step.</summary>
    public string UnfinishedPath { get; }

    /// <summary>Creates it, empty. Throws <see cref="StorageException"/> where there is a file of that name, or none can be.</summary>
    public static WholeFile Create(string path)
    {
        var file = new WholeFile(path);
        return Attempt(path, () =>
        {
            RefuseTaken(path);
            OwnFile.Create(file.UnfinishedPath).Dispose();
            return file;
        });
    }

    /// <summary>Flushes it to disk and gives it its name. Throws where the name has been taken meanwhile.</summary>
    public void Publish() => Attempt(path, () =>
    {
        Flush(UnfinishedPath);
        RefuseTaken(path);
        File.Move(UnfinishedPath, path, overwrite: false);
        published = true;

        // Once more under its name: the name is to be on disk as well.
        Flush(path);
        return path;
    });

    public void Dispose()
    {
        if (!published)
        {
            File.Delete(UnfinishedPath);
        }
    }

    private static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    private static void RefuseTaken(string path)
    {
        if (Path.Exists(path))
        {
            throw new StorageException($"{path} is there already and is not overwritten; name another file.");
        }
    }

    private static T Attempt<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StorageException($"{path} cannot be written: {fault.Message}", fault);
        }
    }
}
