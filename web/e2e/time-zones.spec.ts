// Time zones, read in Los Angeles: a time in another zone names the zone, and a time in the reader's own says so beside
// others.
import { expect, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";

test.use({ timezoneId: "America/Los_Angeles" });

const pause = { state: "paused", since: "2026-11-17T09:00:00Z", until: "2026-11-23T09:00:00Z" };

test("a pause is shown by the clock that its end was given by", async ({ page }) => {
  const DETAIL = "GET /api/settings/accounts/account_1";
  const account = { ...(ANSWERS[DETAIL] as object), pause, created_at: "2026-10-09T02:30:00Z" };
  const { errors } = await openApp(page, "/settings/mailboxes/account_1", { override: { [DETAIL]: account } });
  await expect(page.getByRole("region", { name: "Health" })).toContainText(
    "Paused since today 09:00, until Mon 23 Nov 09:00 (Europe/London)",
  );
  const settings = page.getByRole("region", { name: "Settings", exact: true });
  await expect(settings.getByText("Thu 8 Oct")).toBeVisible();
  expect(errors).toEqual([]);
});

test("a campaign's pause and the stop of all sending as well", async ({ page }) => {
  const CAMPAIGN = "GET /api/campaigns/campaign_1";
  const settings = ANSWERS["GET /api/settings"] as object;
  await openApp(page, "/campaigns/campaign_1", {
    override: {
      [CAMPAIGN]: {
        ...(ANSWERS[CAMPAIGN] as object),
        state: "paused",
        state_since: pause.since,
        paused_until: pause.until,
      },
      "GET /api/settings": { ...settings, sending: { ...pause, state: "stopped" } },
    },
  });
  const told = page.getByText("since today 09:00, until Mon 23 Nov 09:00 (Europe/London)");
  await expect(told).toHaveCount(2);
});

test("why something goes out then is told in the reader's time, and called that beside the lead's", async ({
  page,
}) => {
  await openApp(page, "/campaigns/campaign_1");
  await page.getByRole("button", { name: "Why, for Elena Marsh" }).click();
  const drawer = page.getByRole("dialog", { name: "What happens next, and why?" });
  await expect(drawer.getByText(/^Step 3 goes out .*01:10 your time, unless something changes\.$/)).toBeVisible();
  await expect(drawer.getByText(/until .*01:10 your time/)).toBeVisible();
});

test("a simulation's last message is told in the reader's time", async ({ page }) => {
  await openApp(page, "/campaigns/campaign_1/simulation");
  await expect(page.getByText(/the last one .*07:40 your time/)).toBeVisible();
});

test("the pause of one person is shown by the workspace's clock wherever it is told", async ({ page }) => {
  const LIST = "GET /api/campaigns/campaign_1/enrolments";
  const HELD = "GET /api/campaigns/held";
  const paused = { state: "held", hold_reason: "paused_by_user", held_until: pause.until };
  const list = (key: string) => {
    const recorded = ANSWERS[key] as { items: object[] };
    return { ...recorded, items: recorded.items.map((one) => ({ ...one, ...paused })) };
  };
  const override = { [LIST]: list(LIST), [HELD]: list(HELD) };
  await openApp(page, "/campaigns/campaign_1", { override });
  await expect(page.getByText("Resumes Mon 23 Nov 09:00 (Europe/London)").first()).toBeVisible();
  await page.getByRole("link", { name: "Queue" }).click();
  await expect(
    page.getByRole("cell", { name: "Resumes Mon 23 Nov 09:00 (Europe/London)", exact: true }).first(),
  ).toBeVisible();
});

test("a planned message to many goes out by the reader's clock", async ({ page }) => {
  const LIST = "GET /api/emails/bulk";
  const [first] = (ANSWERS[LIST] as { items: object[] }).items;
  const planned = { ...first, sent: 0, cancelled: 0, failed: 0, send_at: "2026-11-19T09:00:00Z" };
  await openApp(page, "/queue", { override: { [LIST]: { items: [planned] } } });
  const many = page.getByRole("region", { name: "Bulk messages" });
  await expect(many).toContainText("written today 01:30 · goes out Thu 19 Nov 01:00 your time · 0 of 114 sent");
});

test("a mailbox tells its own clock and the reader's apart", async ({ page }) => {
  await openApp(page, "/settings/mailboxes/account_1");
  const health = page.getByRole("region", { name: "Health" });
  await expect(health).toContainText("Failed yesterday 06:05 your time, working again since yesterday 06:20 your time");
  const hours = page.getByRole("region", { name: "Today by the hour" });
  await expect(hours).toContainText("12 more scheduled, time zone Europe/London");
  await expect(page.getByText("next at 10:44")).toBeVisible();
});

test("what did not arrive is told in the reader's time too", async ({ page }) => {
  const TIMELINE = "GET /api/leads/lead_0/timeline";
  const timeline = ANSWERS[TIMELINE] as { items: { id: string; message?: object }[] };
  const failure = { class: "soft_full", code: "452", detail: "4.2.2 over quota" };
  const items = timeline.items.map((one) =>
    one.id === "m1" ? { ...one, message: { ...one.message, state: "failed", failure } } : one,
  );
  await openApp(page, "/campaigns/campaign_1", { override: { [TIMELINE]: { ...timeline, items } } });
  await page.getByRole("button", { name: "Why, for Elena Marsh" }).click();
  await expect(page.getByRole("list", { name: "Undelivered messages" })).toHaveText(
    "Step 1, E-mail, Mon 9 Nov 01:47 your time: not sent: their mailbox is full (452, 4.2.2 over quota).",
  );
});
