using System.CommandLine;
using ScimSlice.Infrastructure.Configuration;

namespace ScimSlice.Infrastructure.CommandLine;

/// <summary><c>config check</c>: says every fault of the configuration, one line each.</summary>
public static class ConfigVerb
{
    public static Command Create()
    {
        var check = new Command("check", "Say every fault of the configuration, one line each; exit 0 if there is none");
        check.SetAction(_ =>
        {
            var faults = ScimSliceOptions.Read(ConfigurationSources.CreateBuilder([]).Configuration).Faults;
            if (faults.Count > 0)
            {
                return VerbRunner.Fail(faults);
            }

            Console.Out.WriteLine("The configuration has no faults.");
            return 0;
        });
        return new Command("config", "The configuration") { check };
    }
}
