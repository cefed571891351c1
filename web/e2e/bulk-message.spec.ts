// Bulk messages: left-out leads are listed beforehand, the first messages are previewed, and the rest can be cancelled.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const STARTED = {
  id: "bulk_message_2",
  people: 1,
  queued: 0,
  left_out: {},
  sent: 0,
  failed: 0,
  uncertain: 0,
  cancelled: 0,
  channel: "email",
};

test("ticked leads are written to after a look at who gets it and who does not", async ({ page }) => {
  const { errors } = await openApp(page, "/leads", { override: { "POST /api/emails/bulk": STARTED } });
  await page.getByRole("checkbox", { name: "Select Elena Marsh", exact: true }).check();
  await page.getByRole("checkbox", { name: "Select Grace Adeyemi", exact: true }).check();
  await page.getByRole("button", { name: "Send a message" }).click();
  const dialog = page.getByRole("dialog", { name: "Message 2 leads" });
  await dialog.getByLabel("From").selectOption("Maya's mailbox");
  await dialog.getByLabel("Subject").fill("We moved");
  await dialog.getByLabel("Message text").fill("Hi {{ first_name }}, we moved to Harbour Street.");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Check 2 leads" }).click();
  await expect(dialog.getByRole("list", { name: "Left out" })).toContainText("Grace Adeyemi");
  await expect(dialog.getByRole("region", { name: "Preview for Elena Marsh" })).toContainText("Harbour Street");
  await expect(dialog).toContainText("1 lead has to wait: 1 too soon after their last message.");
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  const asked = page.waitForRequest((r) => r.url().endsWith("/api/emails/bulk") && r.method() === "POST");
  await dialog.getByRole("button", { name: "Send to 1" }).click();
  const request = await asked;
  expect(request.headers()["idempotency-key"]).toBeTruthy();
  expect(request.postDataJSON()).toMatchObject({ ids: ["lead_0", "lead_1"], subject: "We moved", channel: "email" });
  await expect(page.getByText(/1 message queued/)).toBeVisible();
  expect(errors).toEqual([]);
});

test("many are written to later, at a usual moment or at one of their own", async ({ page }) => {
  const later = { ...STARTED, people: 2, send_at: "2026-11-20T09:00:00Z" };
  const { errors } = await openApp(page, "/leads", { override: { "POST /api/emails/bulk": later } });
  await page.getByRole("checkbox", { name: "Select Elena Marsh", exact: true }).check();
  await page.getByRole("checkbox", { name: "Select Grace Adeyemi", exact: true }).check();
  await page.getByRole("button", { name: "Send a message" }).click();
  const dialog = page.getByRole("dialog", { name: "Message 2 leads" });
  await dialog.getByLabel("From").selectOption("Maya's mailbox");
  await dialog.getByLabel("Subject").fill("We moved");
  await dialog.getByLabel("Message text").fill("Hi {{ first_name }}, we moved to Harbour Street.");
  await dialog.getByRole("button", { name: "Check 2 leads" }).click();
  const when = page.getByRole("dialog", { name: "Send later" });
  const choose = () => dialog.getByRole("button", { name: "Send later" }).click();
  await choose();
  await expect(when).toBeVisible();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("Escape");
  await expect(when).toBeHidden();
  await expect(dialog).toBeVisible();
  await choose();
  const asked = page.waitForRequest((r) => r.url().endsWith("/api/emails/bulk") && r.method() === "POST");
  await when.getByRole("button", { name: /^Friday/ }).click();
  const { send_at } = (await asked).postDataJSON();
  expect(send_at).toMatch(/^2026-11-20T09:00:00/);
  await expect(page.getByText(/^2 messages go out Fri,? (20 Nov|Nov 20),? 09:00; follow/)).toBeVisible();
  await expect(dialog).toBeHidden();
  expect(errors).toEqual([]);
});

test("what was written to many is there again when the dialog was closed, until it is discarded", async ({ page }) => {
  const { errors } = await openApp(page, "/leads");
  const open = async () => {
    await page.getByRole("checkbox", { name: "Select Elena Marsh", exact: true }).check();
    await page.getByRole("button", { name: "Send a message" }).click();
  };
  await open();
  const dialog = page.getByRole("dialog", { name: "Message 1 lead" });
  await dialog.getByLabel("From").selectOption("Maya's mailbox");
  await dialog.getByLabel("Subject").fill("We moved");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.reload();
  await open();
  await expect(dialog.getByLabel("Subject")).toHaveValue("We moved");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Discard" }).click();
  await expect(dialog.getByLabel("Subject")).toHaveValue("");
  await page.reload();
  await open();
  await expect(dialog.getByLabel("Subject")).toHaveValue("");
  expect(errors).toEqual([]);
});

test("how far it is, and the rest called back", async ({ page }) => {
  const cancel = "POST /api/emails/bulk/bulk_message_1/cancel";
  const { errors } = await openApp(page, "/queue", { override: { [cancel]: STARTED } });
  const many = page.getByRole("region", { name: "Bulk messages" });
  await expect(many.getByText(/61 of 114 sent · 1 failed · 3 cancelled/)).toBeVisible();
  await expect(many.getByText(/missing a value that a text needs 2/)).toBeVisible();
  const asked = page.waitForRequest((r) => r.url().endsWith("/cancel"));
  await many.getByRole("button", { name: /^Cancel the rest/ }).click();
  await asked;
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("somebody who wrote on WhatsApp within a day is answered there from their own page", async ({ page }) => {
  const channels = ["email", "sms", "whatsapp"].map((channel) => ({ channel, open: true }));
  const sent = { id: "msg_9", created_at: "2026-11-17T10:42:00Z", planned_for: "2026-11-17T10:42:10Z" };
  const { errors } = await openApp(page, "/leads/lead_0", {
    override: { "GET /api/inbox/lead_0": { channels }, "POST /api/emails/send": sent },
  });
  await page.keyboard.press("m");
  await page
    .getByRole("group", { name: "Channel" })
    .getByRole("button", { name: /WhatsApp/ })
    .click();
  await page.getByRole("textbox", { name: "Message" }).fill("See you at ten");
  expect(await violationsInBothThemes(page)).toEqual([]);
  const asked = page.waitForRequest((r) => r.url().endsWith("/api/emails/send"));
  await page
    .getByRole("button", { name: /^Send\b/ })
    .first()
    .click();
  expect((await asked).postDataJSON()).toMatchObject({ channel: "whatsapp", body: "See you at ten" });
  await expect(page.getByText("WhatsApp sends in a few seconds")).toBeVisible();
  expect(errors).toEqual([]);
});

for (const [named, path, sends, said] of [
  ["their own page", "/leads/lead_0", "/api/emails/send", /^E-mail goes out Fri,? .*09:00$/],
  ["the inbox", "/inbox?lead=lead_2", "/api/inbox/lead_2/answer", /^Reply goes out Fri,? .*09:00$/],
] as const) {
  test(`one message is sent later, from ${named}`, async ({ page }) => {
    const sent = { id: "msg_9", created_at: "2026-11-17T10:42:00Z", planned_for: "2026-11-20T09:00:00Z" };
    const { errors } = await openApp(page, path, { override: { [`POST ${sends}`]: sent } });
    if (path === "/leads/lead_0") {
      await page.keyboard.press("m");
      await page.getByRole("textbox", { name: "Subject" }).fill("Thursday");
    }
    const later = page.getByRole("button", { name: "Send later" });
    await expect(later).toBeDisabled();
    await page.getByRole("textbox", { name: "Message" }).fill("Shall we speak next week?");
    const dialog = page.getByRole("dialog", { name: "Send later" });
    await later.click();
    await expect(dialog.getByRole("listitem")).toHaveCount(4);
    await expect(dialog.getByRole("button", { name: "Schedule" })).toBeDisabled();
    await dialog.getByLabel("Custom time").fill("2026-11-16T09:00");
    await expect(dialog.getByRole("button", { name: "Schedule" })).toBeDisabled();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await dialog.getByLabel("Custom time").fill("2026-11-20T09:00");
    const asked = page.waitForRequest((r) => r.url().endsWith(sends) && r.method() === "POST");
    await dialog.getByRole("button", { name: "Schedule" }).click();
    expect((await asked).postDataJSON()).toMatchObject({ channel: "email", send_at: "2026-11-20T09:00:00.000Z" });
    await expect(page.getByText(said)).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("what is being written to somebody is kept at the server, and found there", async ({ page }) => {
  const draft = {
    id: "draft_1",
    lead_id: "lead_0",
    channel: "email",
    subject: "From my phone",
    body: "Begun on the train",
    updated_at: "2026-11-17T09:00:00Z",
  };
  const { errors } = await openApp(page, "/leads/lead_0", {
    override: { "GET /api/emails/draft/of/lead_0": draft, "PUT /api/emails/draft": draft },
  });
  await page.keyboard.press("m");
  const text = page.getByRole("textbox", { name: "Message" });
  await expect(text).toHaveValue("Begun on the train");
  const saved = page.waitForRequest((r) => r.url().endsWith("/api/emails/draft") && r.method() === "PUT");
  await text.fill("Begun on the train, ended at my desk");
  expect((await saved).postDataJSON()).toMatchObject({
    lead_id: "lead_0",
    subject: "From my phone",
    body: "Begun on the train, ended at my desk",
  });
  expect(errors).toEqual([]);
});

test("an answer begun on another device goes on in the inbox, in its thread", async ({ page }) => {
  const draft = {
    id: "draft_2",
    lead_id: "lead_2",
    channel: "email",
    subject: "Begun as a mail of its own",
    body: "Begun on the train",
    updated_at: "2026-11-17T09:00:00Z",
  };
  const sent = { id: "msg_9", created_at: "2026-11-17T10:42:00Z", planned_for: "2026-11-17T10:42:10Z" };
  const { errors } = await openApp(page, "/inbox?lead=lead_2", {
    override: {
      "GET /api/emails/draft/of/lead_2": draft,
      "PUT /api/emails/draft": draft,
      "DELETE /api/emails/draft/draft_2": {},
      "POST /api/inbox/lead_2/answer": sent,
    },
  });
  const text = page.getByRole("textbox", { name: "Message" });
  await expect(text).toHaveValue("Begun on the train");
  const saved = page.waitForRequest((r) => r.url().endsWith("/api/emails/draft") && r.method() === "PUT");
  await text.fill("Begun on the train, ended at my desk");
  expect((await saved).postDataJSON()).toMatchObject({
    lead_id: "lead_2",
    body: "Begun on the train, ended at my desk",
  });
  const [answered, cleared] = await Promise.all([
    page.waitForRequest((r) => r.url().endsWith("/answer")),
    page.waitForRequest((r) => r.method() === "DELETE"),
    page
      .getByRole("button", { name: /^Send\b/ })
      .first()
      .click(),
  ]);
  expect(answered.postDataJSON()).toEqual({
    channel: "email",
    text: "Begun on the train, ended at my desk",
    to: "marcus@haledental.example",
  });
  expect(cleared.url()).toMatch(/draft_2$/);
  await expect(text).toHaveValue("");
  expect(errors).toEqual([]);
});
