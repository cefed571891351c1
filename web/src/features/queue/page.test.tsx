import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
import { QueuePage } from "./page";

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

test("a rep is not shown the queues, and nothing is asked that would be refused", async () => {
  const { cache } = open("rep", { "GET /api/ops/queues": refusal(403, { code: "forbidden", detail: "No." }) });
  await screen.findByText("No leads held");
  expect(screen.getByText(/Ask an admin to connect a mailbox/)).toBeTruthy();
  expect(screen.queryByRole("region", { name: "Background jobs" })).toBeNull();
  expect(screen.queryByText(/did not load/)).toBeNull();
  expect(cache.getQueryState(["ops", "queues"])?.fetchStatus).toBe("idle");
});

test("a manager looks at what failed, and an admin puts it back", async () => {
  open("manager");
  expect(await screen.findByText("3 messages in the queues")).toBeTruthy();
  const failed = await screen.findByRole("region", { name: "Failed jobs" });
  expect(within(failed).getByRole("button", { name: "Show" })).toBeTruthy();
  expect(within(failed).getByText("Ask an admin to retry them.")).toBeTruthy();
  expect(within(failed).queryByRole("button", { name: /Retry/ })).toBeNull();
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
    screen.getAllByLabelText(/^paused, .*25 of 40, 10 of them booked, 15 of them waiting$/).length,
  ).toBeGreaterThan(0);
});
