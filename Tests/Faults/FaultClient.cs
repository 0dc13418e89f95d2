namespace ScimSlice.Tests.Faults;

/// <summary>One of the clients of a load: it owns the resources that it made, and sends one request at a time.</summary>
internal sealed class FaultClient(string name, Random random)
{
    private const int EmailsAtMost = 1000;
    private int words;

    /// <summary>Every resource that it ever made, deleted ones too.</summary>
    public List<FaultResource> Resources { get; } = [];

    /// <summary>The word that was made last.</summary>
    public string LastWord { get; private set; } = "";

    /// <summary>A word that no other value of the load is.</summary>
    public string NextWord() => LastWord = $"{name}-{++words}";

    /// <summary>One of its resources that exists; null where it has none.</summary>
    public FaultResource? PickResource(string collection)
    {
        for (var attempt = 0; attempt < 20 && Resources.Count > 0; attempt++)
        {
            // Mostly of the latest, so that some get a long history while all are few enough to have one.
            var index = Resources.Count - 1 - random.Next(Math.Min(Resources.Count, 30));
            if (Resources[index] is { Acknowledged.Exists: true, InFlight: null } resource && resource.Collection == collection
                && resource.Acknowledged.Version < EmailsAtMost)
            {
                return resource;
            }
        }

        return null;
    }

    /// <summary>The next change to make.</summary>
    public PlannedChange NextChange()
    {
        while (true)
        {
            var number = random.Next(FaultOperations.All.Sum(operation => operation.Weight));
            foreach (var operation in FaultOperations.All)
            {
                number -= operation.Weight;
                if (number < 0)
                {
                    if (operation.Plan(this) is { } change)
                    {
                        return change;
                    }

                    break;
                }
            }
        }
    }
}
