// "Why is nothing going out?": the answer for a workspace, an account or a campaign is shown where users look for it.
import { expect, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const STANDING = {
  sends: false,
  checks: [
    { rule: "workspace_sending", passed: true, seen: "on" },
    { rule: "sender_enabled", passed: true, seen: "Maya's mailbox: on" },
    {
      rule: "sender_has_room",
      passed: false,
      seen: "Maya's mailbox: 40 of 40 today; capacity from Wed 11 Mar 00:00 GMT",
    },
  ],
  channels: [{ channel: "email", sends: false, next: { what: "send", at: "2126-03-11T00:00:00Z" } }],
  accounts: [],
  next: { what: "send", at: "2126-03-11T00:00:00Z" },
};

for (const [from, path, ask, answer] of [
  ["the queue, about the workspace", "/queue", "Why", "GET /api/settings/why"],
  ["the queue, about an account", "/queue", "Get mailbox: Failing. Why?", "GET /api/settings/accounts/account_2/why"],
  ["a campaign", "/campaigns/campaign_1", "Check sending", "GET /api/campaigns/campaign_1/why"],
] as const) {
  test(`asked from ${from}`, async ({ page }) => {
    const { errors } = await openApp(page, path, { override: { [answer]: STANDING } });
    await page.getByRole("button", { name: ask, exact: true }).click();
    const drawer = page.getByRole("dialog", { name: "Why is nothing going out?" });
    await expect(drawer.getByText("40 of 40 today")).toBeVisible();
    await expect(drawer.getByRole("listitem").nth(2)).toContainText("No");
    await expect(drawer.getByText(/The next due step goes out .+ at the earliest/)).toBeVisible();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });
}

test("asked of a lead: what happened, what is next and when, in each campaign", async ({ page }) => {
  const { errors } = await openApp(page, "/leads/lead_0");
  await page.keyboard.press("w");
  const drawer = page.getByRole("dialog", { name: "What happens next, and why?" });
  const autumn = drawer.getByRole("region", { name: "Autumn clinics" });
  await expect(autumn.getByText(/Step 3 goes out .+ at the earliest/)).toBeVisible();
  await expect(autumn.getByText("Step 1, E-mail: delivered")).toBeVisible();
  await expect(autumn.getByText("Reason")).toBeVisible();
  await expect(drawer.getByRole("region", { name: "Spring opticians" })).toContainText("all steps done");
  await expect(autumn.getByRole("button", { name: /^Pause [A-Z]/ })).toBeVisible();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  expect(errors).toEqual([]);
});

test("asked of a lead in no campaign, and when no answer comes", async ({ page }) => {
  const none = {
    checks: [
      { rule: "workspace_sending", passed: true, seen: "on" },
      {
        rule: "reachable",
        passed: false,
        seen: "email: no e-mail address, sms: no phone number, whatsapp: no phone number",
      },
      { rule: "in_a_campaign", passed: false, seen: "in no active campaign" },
    ],
    next: { what: "nothing", at: null },
    enrolments: [],
  };
  const timeline = { items: [], enrolments: [] };
  const override = { "GET /api/leads/lead_0/why": none, "GET /api/leads/lead_0/timeline": timeline };
  const { errors } = await openApp(page, "/leads/lead_0", { override });
  await page.getByRole("button", { name: "Why", exact: false }).click();
  const drawer = page.getByRole("dialog", { name: "What happens next, and why?" });
  await expect(drawer.getByText("Not in an active campaign, so nothing is sent automatically.")).toBeVisible();
  await expect(drawer.getByText("in no active campaign")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
  await openApp(page, "/leads/lead_0", { override: { ...override, "GET /api/leads/lead_0/why": undefined } });
  await page.keyboard.press("w");
  await expect(drawer.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
});

const ENROLMENT = "GET /api/campaigns/campaign_1/enrolments/lead_0";
const ofElena = {
  lead_id: "lead_0",
  lead_name: "Elena Marsh",
  company: "Linden Physio",
  campaign_id: "campaign_1",
  version: 7,
  step: 2,
  attempts: 0,
  enrolled_at: "2026-11-09T09:30:00Z",
};

test("asked of one person in a campaign, from the row and by its key", async ({ page }) => {
  const pause = "POST /api/campaigns/campaign_1/enrolments/lead_0/pause";
  const { errors } = await openApp(page, "/campaigns/campaign_1", { override: { [pause]: {} } });
  const ask = page.getByRole("button", { name: "Why, for Elena Marsh" });
  await ask.click();
  const drawer = page.getByRole("dialog", { name: "What happens next, and why?" });
  await expect(drawer.getByText(/^Step 3 goes out .+, unless something changes\.$/)).toBeVisible();
  await expect(drawer.getByText(/at the earliest/), "it is said once").toHaveCount(0);
  const checks = drawer.getByRole("list", { name: "Checks in order" }).getByRole("listitem");
  await expect(checks).toHaveCount(6);
  await expect(checks.nth(3)).toContainText("none so far");
  await expect(checks.nth(4)).toContainText("Reason");
  await expect(checks.nth(5)).toContainText("not checked");
  await expect(drawer.getByText(/Sequence version 7\. Their time zone: Europe\/London, from address\./)).toBeVisible();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  const asked = page.waitForRequest((r) => r.url().endsWith("/enrolments/lead_0/pause"));
  await drawer.getByRole("button", { name: "Pause Elena Marsh" }).click();
  await asked;
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await expect(page.getByRole("row", { name: /Elena Marsh/ })).toBeVisible();
  await ask.click();
  await expect(drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("w");
  await expect(drawer).toBeVisible();
  expect(errors).toEqual([]);
});

for (const [state, more, title, answer, moves] of [
  ["held", { hold_reason: "missing_value", due: null }, "Why is nothing going out?", "Held: missing value.", "Resume"],
  [
    "paused",
    { hold_reason: "paused_by_user", held_until: "2126-11-18T09:00:00Z" },
    "Why is nothing going out?",
    /^Held: paused by a user\. Checked again /,
    "Resume",
  ],
  [
    "needs you",
    { state: "waiting_task" },
    "What happens next, and why?",
    /^Step 3 is a task\. The sequence continues when/,
    "Pause until",
  ],
  ["over", { state: "ended", end_reason: "replied" }, "Why did it end?", "Ended: replied.", undefined],
] as const) {
  test(`asked of one person who is ${state}`, async ({ page }) => {
    const enrolment = { ...ofElena, state: "held", ...more };
    const why = {
      enrolment,
      checks: [{ rule: "enrolment_open", passed: false, seen: state }],
      next: { what: "await_person", at: null },
      zone: "Europe/London",
      zone_source: "address",
    };
    const { errors } = await openApp(page, "/campaigns/campaign_1", { override: { [ENROLMENT]: why } });
    await page.getByRole("button", { name: "Why, for Elena Marsh" }).click();
    const drawer = page.getByRole("dialog", { name: title });
    await expect(drawer.getByText(answer)).toBeVisible();
    if (moves) await expect(drawer.getByRole("button", { name: moves })).toBeVisible();
    else await expect(drawer.getByRole("button", { name: /Pause|Remove from/ })).toHaveCount(0);
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
}

const TIMELINE = "GET /api/leads/lead_0/timeline";
const timeline = ANSWERS[TIMELINE] as { items: { id: string; message?: object }[] };
const bounced = {
  ...timeline,
  items: timeline.items.map((one) =>
    one.id === "m1"
      ? {
          ...one,
          message: {
            ...one.message,
            state: "bounced",
            failure: { class: "hard_unknown_user", code: "550 5.1.1", detail: "5.1.1 No such user here" },
          },
        }
      : one,
  ),
};
const SAID = "bounced: unknown address or number (5.1.1 No such user here)";

test("what did not arrive is told with what the provider said of it, of one person in a campaign", async ({ page }) => {
  const why = {
    enrolment: { ...ofElena, state: "ended", end_reason: "bounced" },
    checks: [{ rule: "enrolment_open", passed: false, seen: "ended" }],
    next: { what: "nothing", at: null },
    zone: "Europe/London",
    zone_source: "address",
  };
  const { errors } = await openApp(page, "/campaigns/campaign_1", {
    override: { [ENROLMENT]: why, [TIMELINE]: bounced },
  });
  await page.getByRole("button", { name: "Why, for Elena Marsh" }).click();
  const drawer = page.getByRole("dialog", { name: "Why did it end?" });
  await expect(drawer.getByRole("list", { name: "Undelivered messages" })).toHaveText(
    `Step 1, E-mail, Mon 9 Nov 09:47: ${SAID}.`,
  );
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  expect(errors).toEqual([]);
});

test("and of a lead, among what happened", async ({ page }) => {
  const WHY = "GET /api/leads/lead_0/why";
  const why = ANSWERS[WHY] as { enrolments: { happened: { step?: number }[] }[] };
  const [first, ...others] = why.enrolments;
  const happened = first?.happened.map((one) => (one.step === 0 ? { ...one, state: "bounced" } : one));
  const override = { [WHY]: { ...why, enrolments: [{ ...first, happened }, ...others] }, [TIMELINE]: bounced };
  const { errors } = await openApp(page, "/leads/lead_0", { override });
  await page.keyboard.press("w");
  const drawer = page.getByRole("dialog", { name: "What happens next, and why?" });
  await expect(drawer.getByText(`Step 1, E-mail: ${SAID}`)).toBeVisible();
  expect(errors).toEqual([]);
});

test("asked of one person when no answer comes, and asked again", async ({ page }) => {
  const override: Record<string, unknown> = { [ENROLMENT]: undefined };
  const { errors } = await openApp(page, "/campaigns/campaign_1", { override });
  await page.getByRole("button", { name: "Why, for Elena Marsh" }).click();
  const drawer = page.getByRole("dialog", { name: "Why" });
  await expect(drawer.getByText("The reasons did not load")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  const again = page.waitForRequest((r) => r.url().endsWith("/enrolments/lead_0"));
  await drawer.getByRole("button", { name: "Try again" }).click();
  await again;
  expect(errors).toEqual([]);
});
