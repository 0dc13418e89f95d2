using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Faults;

/// <summary>A mounted file system; gone at the end, even from under those who use it.</summary>
internal sealed class Mount : IAsyncDisposable
{
    private readonly string path;
    private bool isMounted = true;

    private Mount(string path) => this.path = path;

    /// <summary>A file system in memory of so many kilobytes, over a folder that is made if missing.</summary>
    public static async Task<Mount> MemoryAsync(string folder, int kilobytes)
    {
        Directory.CreateDirectory(folder);
        await Shell.RunAsync("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", folder);
        return new Mount(folder);
    }

    /// <summary>A file or folder over itself, so that who opens it from here on can only read.</summary>
    public static async Task<Mount> ReadOnlyAsync(string path)
    {
        await Shell.RunAsync("mount", "--bind", path, path);
        var mount = new Mount(path);
        await Shell.RunAsync("mount", "-o", "remount,ro,bind", path);
        return mount;
    }

    public Task ResizeAsync(int kilobytes) => Shell.RunAsync("mount", "-o", $"remount,size={kilobytes}k", path);

    public async ValueTask DisposeAsync()
    {
        if (isMounted)
        {
            isMounted = false;
            await Shell.RunAsync("umount", "-l", path);
        }
    }
}
