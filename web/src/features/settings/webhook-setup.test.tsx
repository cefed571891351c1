import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import type { AccountView } from "./queries";
import { addressFor, WebhookSetup } from "./webhook-setup";

const URL = "https://app.example/api/webhooks/x/account_1";

const by = (settings: object, more: object = {}) =>
  ({
    id: "account_1",
    kind: "inbound_email",
    webhook_url: URL,
    settings: { addresses: [], ...settings },
    ...more,
  }) as unknown as AccountView;

test("the address is shown in the form that its provider wants", () => {
  const of = (settings: object) => addressFor(by({ kind: "inbound_email", ...settings }));
  expect(of({ via: "ses" })).toBe(URL);
  expect(of({})).toBe(URL);
  expect(of({ via: "mailgun" })).toBe(`${URL}/mime`);
  expect(of({ via: "postmark" })).toBe("https://leadflow:<password>@app.example/api/webhooks/x/account_1");
  expect(of({ via: "sendgrid" })).toContain("leadflow:<password>@");
  expect(of({ via: "sendgrid", public_keys: ["MFkw"] })).toBe(URL);
  expect(addressFor(by({ kind: "smtp" }, { webhook_url: null }))).toBeUndefined();
});

test.each([
  [{ kind: "inbound_email" }, "your relay"],
  [{ kind: "inbound_email", via: "mailgun" }, "Mailgun"],
  [{ kind: "inbound_email", via: "postmark" }, "Postmark"],
  [{ kind: "inbound_email", via: "sendgrid" }, "SendGrid"],
  [{ kind: "inbound_email", via: "ses" }, "Amazon SES"],
  [{ kind: "resend" }, "Resend"],
  [{ kind: "twilio" }, "Twilio"],
  [{ kind: "whatsapp" }, "Meta"],
  [{ kind: "stripe" }, "Stripe"],
])("the account's page says what to enter where: %o", async (settings, provider) => {
  const folder = provider === "Amazon SES" ? { mail_folder: "ws_1/inbound/account_1/ses/" } : {};
  renderPage(() => <WebhookSetup account={by(settings, folder)} />, "/settings", "/settings", {});
  expect(await screen.findByText(`Set up at ${provider}`)).toBeTruthy();
  expect(screen.getAllByText(/app.example/).length).toBe(1);
  expect(screen.queryAllByText("ws_1/inbound/account_1/ses/").length).toBe(provider === "Amazon SES" ? 1 : 0);
});
