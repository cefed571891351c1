import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
import { QueuePage } from "./page";
import { queuesQuery } from "./queries";

const QUEUES = {
  queues: [
    { name: "send", waiting: 2, in_flight: 1, delayed: 0, dead: 0 },
    { name: "enrichment", waiting: 0, in_flight: 0, delayed: 0, dead: 2 },
  ],
};
const held = (lead: number) => ({
  lead_id: `lead_${lead}`,
  lead_name: `Ada ${lead}`,
  campaign_id: "campaign_1",
  campaign_name: "Clinics",
  state: "held",
  hold_reason: "paused_by_user",
  step: 0,
});
const account = (id: string, more: object) => ({
  id,
  name: id,
  kind: "smtp",
  enabled: true,
  limits: { zone: "Europe/London", per_day: 40 },
  today: { day: "2027-01-04", allowed: 40, taken: 10 },
  ahead: ["2027-01-04", "2027-01-05", "2027-01-06"].map((day) => ({ day, allowed: 40, expected: 25 })),
  ...more,
});
const open = (role: Schema["Role"], answers: Record<string, unknown> = {}) =>
  renderPage(QueuePage, "/queue", "/queue", { "GET /api/ops/queues": QUEUES, ...answers }, role);

const NOT_THEIRS = refusal(403, { code: "forbidden", detail: "Only the workspace that has installed this looks." });

test.each(["rep", "manager"] as const)(
  "a %s is not shown the queues, and nothing is asked that would be refused",
  async (role) => {
    const { cache } = open(role, { "GET /api/ops/queues": NOT_THEIRS });
    await screen.findByText("No leads held");
    expect(screen.getByText(/Ask an admin to connect a mailbox/)).toBeTruthy();
    expect(screen.queryByRole("region", { name: "Background jobs" })).toBeNull();
    expect(screen.queryByText(/did not load/)).toBeNull();
    expect(cache.getQueryState(["ops", "queues"])?.fetchStatus).toBe("idle");
    expect(cache.getQueryState(["ops", "queues"])?.dataUpdatedAt).toBe(0);
  },
);

test("an admin of a workspace that did not install this gets the page without the queues, and they are not asked again", async () => {
  const { cache } = open("admin", { "GET /api/ops/queues": NOT_THEIRS });
  await screen.findByText("No leads held");
  expect(screen.queryByRole("region", { name: "Background jobs" })).toBeNull();
  expect(screen.queryByText(/did not load/)).toBeNull();
  expect(cache.getQueryState(["ops", "queues"])?.data).toBeNull();
  expect(queuesQuery.refetchInterval).toBeTypeOf("function");
});

test("an admin who gets no answer is told that the queues did not load", async () => {
  open("admin", { "GET /api/ops/queues": refusal(500, { code: "internal", detail: "No." }) });
  expect((await screen.findAllByText(/did not load/)).length).toBeGreaterThan(0);
});

const uncertain = (more: object) => ({
  ...{ id: "message_1", lead_id: "lead_1", lead_name: "Ada Hale", channel: "email", subject: "Two minutes?" },
  ...{ tried_at: "2026-11-17T10:00:00Z", account_id: "box", ...more },
});

test("an uncertain message that was written by hand is listed with its evidence and the user's answers", async () => {
  const { sent } = open("rep", {
    "GET /api/emails/uncertain": { items: [uncertain({ author: "user_1" })] },
    "GET /api/settings/accounts": { items: [account("box", { name: "Maya's mailbox" })] },
    "GET /api/dashboard/stats": { uncertain: 1, inbox_open: 0 },
    "POST /api/emails/message_1/settle": { id: "message_1" },
  });
  const region = within(await screen.findByRole("region", { name: "Delivery uncertain" }));
  const row = within(await region.findByRole("row", { name: /Ada Hale/ }));
  expect(row.getByText("By hand")).toBeTruthy();
  expect(row.getAllByText(/^Handed to Maya's mailbox .*; no answer came\.$/).length).toBeGreaterThan(0);
  expect(region.queryByText(/being sent or checked/)).toBeNull();
  fireEvent.click(row.getByRole("button", { name: "Mark as sent: Ada Hale" }));
  expect(await screen.findByText("Marked as sent")).toBeTruthy();
  expect(sent.find((one) => one.path.endsWith("/settle"))?.body).toEqual({ answer: "sent" });
});

test("while the last attempt is checked no answer is offered", async () => {
  const checking_until = new Date(Date.now() + 240_000).toISOString();
  open("rep", { "GET /api/emails/uncertain": { items: [uncertain({ checking_until })] } });
  const region = within(await screen.findByRole("region", { name: "Delivery uncertain" }));
  expect(await region.findByText(/^We are checking until \d\d:\d\d$/)).toBeTruthy();
  expect(region.queryByRole("button", { name: /^(Mark as sent|Send again)/ })).toBeNull();
});

test("a refusal because the fate is known is told as what it is", async () => {
  open("rep", {
    "GET /api/emails/uncertain": { items: [uncertain({})] },
    "POST /api/emails/message_1/settle": refusal(409, { code: "not_uncertain", detail: "It is known by now." }),
  });
  fireEvent.click(await screen.findByRole("button", { name: "Send again: Ada Hale" }));
  expect(await screen.findByText("It is known by now.")).toBeTruthy();
});

test("messages that are counted as uncertain and not listed are being sent or checked", async () => {
  open("rep", { "GET /api/dashboard/stats": { uncertain: 1, inbox_open: 0 } });
  expect(await screen.findByText(/^1 message is being sent or checked\./)).toBeTruthy();
});

test("where nothing is uncertain the page has no part for it", async () => {
  open("rep");
  await screen.findByText("No leads held");
  expect(screen.queryByRole("region", { name: "Delivery uncertain" })).toBeNull();
});

test("an admin puts back what failed", async () => {
  const { sent } = open("admin", { "POST /api/ops/queues/enrichment/redrive": { moved: 2 } });
  fireEvent.click(await screen.findByRole("button", { name: "Retry 2" }));
  expect(await screen.findByText("Retrying 2 messages: Enrich leads")).toBeTruthy();
  expect(sent.filter((s) => s.path.endsWith("/redrive")).length).toBe(1);
});

test("how many are held follows the reason that is asked for", async () => {
  open("rep", { "GET /api/campaigns/held": { items: [held(1), held(2)], total: 27 } });
  const region = await screen.findByRole("region", { name: "Held" });
  expect(await within(region).findByText(/^about 27, in all campaigns/)).toBeTruthy();
  expect(within(region).getAllByText("Paused by a user").length).toBeGreaterThan(0);
  fireEvent.change(within(region).getByLabelText("Hold reason"), { target: { value: "paused_by_user" } });
  expect(await within(region).findByText(/^2, in all campaigns/)).toBeTruthy();
});

test("where more may be held for a reason it says at least", async () => {
  open("rep", { "GET /api/campaigns/held": { items: [held(1)], total: 27, next_cursor: "campaign_2" } });
  const region = await screen.findByRole("region", { name: "Held" });
  fireEvent.change(within(region).getByLabelText("Hold reason"), { target: { value: "paused_by_user" } });
  expect(await within(region).findByText(/^at least 1, in all campaigns/)).toBeTruthy();
});

const missingValues = (lead: number, campaign: number) => ({
  ...held(lead),
  campaign_id: `campaign_${campaign}`,
  campaign_name: `Clinics ${campaign}`,
  hold_reason: "missing_value",
});
const offers = async (role: Schema["Role"], more: object = {}) => {
  open(role, {
    "GET /api/campaigns/held": {
      items: [missingValues(1, 1), missingValues(2, 1), missingValues(3, 2), missingValues(4, 3)],
      total: 4,
      ...more,
    },
    "GET /api/campaigns": {
      items: [1, 2, 3].map((n) => ({ id: `campaign_${n}`, state: n === 2 ? "paused" : "active" })),
    },
  });
  const region = await screen.findByRole("region", { name: "Held" });
  await within(region).findAllByText("Missing value");
  expect(within(region).queryByRole("button", { name: /^Release/ })).toBeNull();
  fireEvent.change(within(region).getByLabelText("Hold reason"), { target: { value: "missing_value" } });
  await within(region).findByText(/^(at least )?4, in all campaigns/);
  return within(region);
};

test("of a reason that is asked for, all of a campaign are let go together", async () => {
  const region = await offers("rep");
  const list = within(await region.findByRole("list", { name: "Held, by campaign" }));
  await list.findByText("Campaign paused");
  expect(list.getAllByRole("listitem").map((row) => row.textContent)).toEqual([
    "Clinics 12 leadsRelease all 2",
    "Clinics 21 leadCampaign paused",
    "Clinics 31 leadRelease 1 lead",
  ]);
});

test("of the last campaign that is shown there may be more", async () => {
  const region = await offers("rep", { next_cursor: "campaign_3.x" });
  const list = within(await region.findByRole("list", { name: "Held, by campaign" }));
  expect(list.getByRole("button", { name: "Release all 2: Missing value, Clinics 1" })).toBeTruthy();
  expect(list.getByRole("button", { name: "Release all: Missing value, Clinics 3" })).toBeTruthy();
});

test("who may only read lets nobody go", async () => {
  const region = await offers("read_only");
  expect(region.queryByRole("list", { name: "Held, by campaign" })).toBeNull();
});

test("what has an answer of its own is not let go together", async () => {
  open("rep", {
    "GET /api/campaigns/held": { items: [{ ...missingValues(1, 1), hold_reason: "uncertain" }], total: 1 },
  });
  const region = await screen.findByRole("region", { name: "Held" });
  fireEvent.change(within(region).getByLabelText("Hold reason"), { target: { value: "uncertain" } });
  await within(region).findByText(/^1, in all campaigns/);
  expect(within(region).queryByRole("list", { name: "Held, by campaign" })).toBeNull();
});

test("what is planned by an account that is off or paused is said to wait", async () => {
  const pause = { state: "paused", since: "2027-01-03T09:00:00Z", until: "2027-01-06T09:00:00Z" };
  const items = [account("on", {}), account("off", { enabled: false }), account("paused", { pause })];
  open("rep", { "GET /api/settings/accounts": { items } });
  const waits = async (name: string) => {
    const row = await screen.findByRole("row", { name: new RegExp(`^${name} `) });
    return within(row).queryAllByText("waits").length;
  };
  expect([await waits("on"), await waits("off"), await waits("paused")]).toEqual([0, 3, 2]);
  expect(screen.getByText(/Hatched: not sent/)).toBeTruthy();
  // The text stands in the table, and below the account on a phone.
  expect(
    screen.getAllByLabelText(/^paused, .*25 of 40, 10 of them sent or reserved, 15 of them waiting$/).length,
  ).toBeGreaterThan(0);
});
