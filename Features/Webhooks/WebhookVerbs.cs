using System.CommandLine;
using System.Text.Json;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary>The verbs <c>webhook create</c>, <c>list</c>, <c>rotate</c>, <c>enable</c>, <c>disable</c>, <c>remove</c>, <c>dead</c> and <c>redeliver</c>.</summary>
internal static class WebhookVerbs
{
    public static Command Create() => new("webhook", "Endpoints that an organization's events are sent to") { New(), List(), Rotate(), Enable(), Disable(), Remove(), Dead(), Redeliver() };

    private static Argument<string> WebhookId() => new("WEBHOOK_ID") { Description = "The webhook's id, as 'webhook list' shows it" };

    private static Command New()
    {
        var organization = VerbRunner.OrganizationArgument();
        var url = new Option<string>("--url") { Description = "Where events are sent, an https URL", Required = true };
        var types = new Option<string[]>("--types") { Description = "What is sent, such as user.* or group.member_added; all unless told", AllowMultipleArgumentsPerToken = true };
        return new Command("create", "Have events sent to an endpoint from now on; the secret that signs them is printed once and never again") { organization, url, types }.Sends(async (sender, parsed, cancellationToken) =>
            Print(parsed, await sender.Send(new CreateWebhook.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(url), parsed.GetValue(types) ?? []), cancellationToken)));
    }

    private static Command Rotate()
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), WebhookId());
        var overlap = new Option<TimeSpan>("--overlap")
        {
            Description = "How long the former secret signs, too",
            DefaultValueFactory = _ => TimeSpan.FromDays(1),
            CustomParser = result => VerbRunner.ParseLifetime(result) ?? default,
        };
        return new Command("rotate", "Give a webhook a new secret, which is printed once and never again") { organization, id, overlap }.Sends(async (sender, parsed, cancellationToken) =>
            Print(parsed, await sender.Send(new RotateWebhookSecret.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id), parsed.GetValue(overlap)), cancellationToken)));
    }

    private static Command List()
    {
        var organization = VerbRunner.OrganizationArgument();
        return new Command("list", "List an organization's webhooks, how far each is and what waits") { organization }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var result = await sender.Send(new ListWebhooks.Query(parsed.GetRequiredValue(organization)), cancellationToken);
            parsed.PrintEach(
                result.Webhooks,
                (json, webhook) =>
                {
                    json.WriteStartObject();
                    Write(json, webhook, result.Organization.Name);
                    json.WriteNumber("position", webhook.Position);
                    json.WriteNumber("behind", result.Last - webhook.Position);
                    json.WriteNumber("waiting", result.Waiting.GetValueOrDefault(webhook.Id));
                    json.WriteNumber("dead", result.Dead.GetValueOrDefault(webhook.Id));
                    json.WriteNumber("failures", webhook.Failures);
                    json.WriteEndObject();
                },
                webhook => $"{webhook.Id}  {(webhook.DisabledAt is null ? "live" : $"disabled {webhook.DisabledAt} ({webhook.DisabledWhy})")}  "
                    + $"{result.Last - webhook.Position} behind, {result.Waiting.GetValueOrDefault(webhook.Id)} waiting, {result.Dead.GetValueOrDefault(webhook.Id)} dead  {webhook.Url}");
        });
    }

    private static Command Enable() => Switch("enable", "Serve a webhook again, from where it was", enabled: true);

    private static Command Disable() => Switch("disable", "Serve a webhook no longer; its events wait", enabled: false);

    private static Command Switch(string name, string description, bool enabled)
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), WebhookId());
        return new Command(name, description) { organization, id }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var webhook = await sender.Send(new EnableWebhook.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id), enabled), cancellationToken);
            PrintOne(parsed, webhook, enabled ? "The webhook is served." : "The webhook is served no longer; 'webhook enable' goes on where it is.");
        });
    }

    private static Command Remove()
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), WebhookId());
        return new Command("remove", "Remove a webhook with what it has not delivered") { organization, id }.Sends(async (sender, parsed, cancellationToken) =>
            PrintOne(parsed, await sender.Send(new RemoveWebhook.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id)), cancellationToken), "The webhook is removed."));
    }

    private static Command Dead()
    {
        var organization = VerbRunner.OrganizationArgument();
        var webhook = new Option<string>("--webhook") { Description = "Only those of this webhook" };
        return new Command("dead", "List events whose delivery was given up") { organization, webhook }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var page = await sender.Send(new ListDeliveries.Query(parsed.GetRequiredValue(organization), parsed.GetValue(webhook), Dead: true, 0, ListDeliveries.MaxDeliveries), cancellationToken);
            parsed.PrintEach(page.Deliveries, DeliveryPage.Write, row => $"{row.WebhookId}  event {row.Position} of {row.ResourceId}  {row.Attempts} attempts, given up {row.DeadAt}: {row.Failure}");
        });
    }

    private static Command Redeliver()
    {
        var (organization, id) = (VerbRunner.OrganizationArgument(), WebhookId());
        var position = new Option<long?>("--position") { Description = "Only the event of this position" };
        return new Command("redeliver", "Send at once what a webhook has not delivered, what was given up included") { organization, id, position }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var answer = await sender.Send(new RetryDeliveries.Command(parsed.GetRequiredValue(organization), parsed.GetRequiredValue(id), parsed.GetValue(position)), cancellationToken);
            parsed.Print(answer.WriteTo, text => text.WriteLine($"{answer.Count} deliveries are tried again."));
        });
    }

    private static void Print(ParseResult parsed, IssuedWebhook issued) => parsed.Print(
        json =>
        {
            json.WriteStartObject();
            Write(json, issued.Webhook, issued.Organization.Name);
            json.WriteString("secret", issued.Secret);
            json.WriteEndObject();
        },
        text =>
        {
            text.WriteLine(issued.Secret);
            text.WriteLine($"This signs what is sent to {issued.Webhook.Url}, webhook {issued.Webhook.Id} of {issued.Organization.Name}. It is not shown again.");
        });

    private static void PrintOne(ParseResult parsed, WebhookRow webhook, string says) => parsed.Print(
        json =>
        {
            json.WriteStartObject();
            Write(json, webhook, null);
            json.WriteEndObject();
        },
        text => text.WriteLine(says));

    private static void Write(Utf8JsonWriter json, WebhookRow webhook, string? organization)
    {
        json.WriteString("id", webhook.Id);
        if (organization is not null)
        {
            json.WriteString("organization", organization);
        }

        json.WriteString("url", webhook.Url);
        json.WriteStartArray("types");
        foreach (var type in webhook.Sent ?? [])
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
        json.WriteString("createdAt", webhook.CreatedAt);
        json.WriteString("disabledAt", webhook.DisabledAt);
        json.WriteString("disabledWhy", webhook.DisabledWhy);
    }
}
