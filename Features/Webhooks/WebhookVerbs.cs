using System.CommandLine;
using System.Text.Json;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary>The verbs <c>webhook create</c>, <c>list</c>, <c>rotate</c>, <c>enable</c>, <c>disable</c>, <c>remove</c>, <c>dead</c>, <c>redeliver</c> and <c>rotate-key</c>.</summary>
internal static class WebhookVerbs
{
    public static Command Create() => new("webhook", "Endpoints that an organization's events are sent to") { New(), List(), Rotate(), Enable(), Disable(), Remove(), Dead(), Redeliver(), RotateKey() };

    private static Argument<string> WebhookId() => new("WEBHOOK_ID") { Description = "The webhook's id, as 'webhook list' shows it" };

    private static Command New()
    {
        var organization = VerbRunner.OrganizationArgument();
        var url = new Option<string>("--url") { Description = "Where events are sent, an https URL" };
        var delivery = new Option<string>("--delivery") { Description = "webhook (Standard Webhooks), or security event tokens by push (RFC 8935) or poll (RFC 8936)", DefaultValueFactory = _ => DeliveryMethod.Webhook };
        var audience = new Option<string>("--audience") { Description = "Whom security event tokens are for, their aud; the URL unless told" };
        var mode = new Option<string>("--mode") { Description = "What security event tokens hold: full values, or the names of attributes (notice); full unless told" };
        var types = new Option<string[]>("--types") { Description = "What is sent, such as user.* or group.member_added; all unless told", AllowMultipleArgumentsPerToken = true };
        return new Command("create", "Have events sent to an endpoint from now on; the secret that signs them is printed once and never again") { organization, url, types, delivery, audience, mode }.Sends(async (sender, parsed, cancellationToken) =>
            Print(parsed, await sender.Send(
                new CreateWebhook.Command(
                    parsed.GetRequiredValue(organization), parsed.GetValue(url), parsed.GetValue(types) ?? [], parsed.GetRequiredValue(delivery), parsed.GetValue(audience), parsed.GetValue(mode)),
                cancellationToken)));
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
                    + $"{result.Last - webhook.Position} behind, {result.Waiting.GetValueOrDefault(webhook.Id)} waiting, {result.Dead.GetValueOrDefault(webhook.Id)} dead  {(webhook.Delivery == DeliveryMethod.Webhook ? "" : $"{webhook.Delivery} ")}{webhook.Url}");
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
            var page = await sender.Send(new ListDeliveries.Query(parsed.GetRequiredValue(organization), parsed.GetValue(webhook), Dead: true, null, ListDeliveries.MaxDeliveries), cancellationToken);
            parsed.PrintEach(page.Deliveries, DeliveryPage.Write, row => $"{row.WebhookId}  event {row.Position} of {row.ResourceId}  {row.Attempts} attempts, given up {row.DeadAt}: {row.Failure}");
            await (page.HasMore ? Console.Error.WriteLineAsync($"There are more than these {page.Deliveries.Count}; GET /api/v1/deliveries lists all.") : Task.CompletedTask);
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

    private static Command RotateKey()
    {
        var organization = VerbRunner.OrganizationArgument();
        var overlap = new Option<TimeSpan>("--overlap")
        {
            Description = "How long the former key stays in the key set",
            DefaultValueFactory = _ => TimeSpan.FromDays(7),
            CustomParser = result => VerbRunner.ParseLifetime(result) ?? default,
        };
        return new Command("rotate-key", "Let a new key sign an organization's security event tokens") { organization, overlap }.Sends(async (sender, parsed, cancellationToken) =>
        {
            var (whose, key) = await sender.Send(new RotateSigningKey.Command(parsed.GetRequiredValue(organization), parsed.GetValue(overlap)), cancellationToken);
            parsed.Print(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("organization", whose.Name);
                    json.WriteString("keyId", key.Id);
                    json.WriteEndObject();
                },
                text => text.WriteLine($"Key {key.Id} signs the security event tokens of {whose.Name} from now on."));
        });
    }

    private static void Print(ParseResult parsed, IssuedWebhook issued) => parsed.Print(
        json =>
        {
            json.WriteStartObject();
            Write(json, issued.Webhook, issued.Organization.Name);
            if (issued.Secret is not null)
            {
                json.WriteString("secret", issued.Secret);
            }

            json.WriteEndObject();
        },
        text =>
        {
            var (webhook, name) = (issued.Webhook, issued.Organization.Name);
            if (issued.Secret is not null)
            {
                text.WriteLine(issued.Secret);
                text.WriteLine($"This signs what is sent to {webhook.Url}, webhook {webhook.Id} of {name}. It is not shown again.");
                return;
            }

            text.WriteLine(webhook.Delivery == DeliveryMethod.Push
                ? $"Security event tokens are sent to {webhook.Url}, webhook {webhook.Id} of {name}."
                : $"Security event tokens are fetched at /api/v1/webhooks/{webhook.Id}/poll, webhook {webhook.Id} of {name}.");
            text.WriteLine($"They are verified with the keys at /api/v1/issuers/{issued.Organization.Id}/jwks.json.");
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

        json.WriteString("delivery", webhook.Delivery);
        json.WriteString("url", webhook.Delivery == DeliveryMethod.Poll ? null : webhook.Url);
        json.WriteStartArray("types");
        foreach (var type in webhook.Sent ?? [])
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
        if (webhook.Mode is not null)
        {
            json.WriteString("audience", webhook.Audience);
            json.WriteString("mode", webhook.Mode);
        }

        json.WriteString("createdAt", webhook.CreatedAt);
        json.WriteString("disabledAt", webhook.DisabledAt);
        json.WriteString("disabledWhy", webhook.DisabledWhy);
    }
}
