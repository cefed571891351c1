import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
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
const open = (role: string, answers: Record<string, unknown> = {}) =>
  renderPage(QueuePage, "/queue", "/queue", { "GET /api/ops/queues": QUEUES, ...answers }, role);

test("a rep is not shown the queues, and nothing is asked that would be refused", async () => {
  const { cache } = open("rep", { "GET /api/ops/queues": refusal(403, { code: "forbidden", detail: "No." }) });
  await screen.findByText("Nobody is held");
  expect(screen.getByText(/An admin connects a mailbox first/)).toBeTruthy();
  expect(screen.queryByRole("region", { name: "Queues" })).toBeNull();
  expect(screen.queryByText(/did not load/)).toBeNull();
  expect(cache.getQueryState(["ops", "queues"])?.fetchStatus).toBe("idle");
});

test("a manager looks at what failed, and an admin puts it back", async () => {
  open("manager");
  expect(await screen.findByText("3 messages on the way")).toBeTruthy();
  const failed = await screen.findByRole("region", { name: "Needs a person" });
  expect(within(failed).getByRole("button", { name: "Look at them" })).toBeTruthy();
  expect(within(failed).getByText("An admin puts them back.")).toBeTruthy();
  expect(within(failed).queryByRole("button", { name: /Put back/ })).toBeNull();
});

test("an admin puts back what failed", async () => {
  const { sent } = open("admin", { "POST /api/ops/queues/enrichment/redrive": { moved: 2 } });
  fireEvent.click(await screen.findByRole("button", { name: "Put back 2" }));
  expect(await screen.findByText("2 messages put back into Look-ups")).toBeTruthy();
  expect(sent.filter((s) => s.path.endsWith("/redrive")).length).toBe(1);
});

test("how many are held follows the reason that is asked for", async () => {
  open("rep", { "GET /api/campaigns/held": { items: [held(1), held(2)], total: 27 } });
  const region = await screen.findByRole("region", { name: "Held" });
  expect(await within(region).findByText(/^about 27, in all campaigns/)).toBeTruthy();
  expect(within(region).getAllByText("Paused by hand").length).toBeGreaterThan(0);
  fireEvent.change(within(region).getByLabelText("Held for"), { target: { value: "paused_by_user" } });
  expect(await within(region).findByText(/^2, in all campaigns/)).toBeTruthy();
});

test("where more may be held for a reason it says at least", async () => {
  open("rep", { "GET /api/campaigns/held": { items: [held(1)], total: 27, next_cursor: "campaign_2" } });
  const region = await screen.findByRole("region", { name: "Held" });
  fireEvent.change(within(region).getByLabelText("Held for"), { target: { value: "paused_by_user" } });
  expect(await within(region).findByText(/^at least 1, in all campaigns/)).toBeTruthy();
});

test("what is planned by an account that is off or paused is said to wait", async () => {
  const pause = { state: "paused", since: "2027-01-03T09:00:00Z", until: "2027-01-06T09:00:00Z" };
  const items = [account("on", {}), account("off", { enabled: false }), account("paused", { pause })];
  open("rep", { "GET /api/settings/connections": { items } });
  const waits = async (name: string) => {
    const row = await screen.findByRole("row", { name: new RegExp(`^${name} `) });
    return within(row).queryAllByText("waits").length;
  };
  expect([await waits("on"), await waits("off"), await waits("paused")]).toEqual([0, 3, 2]);
  expect(screen.getByText(/Hatched: does not go out/)).toBeTruthy();
  expect(screen.getAllByLabelText(/^paused, .*25 of 40, of which 15 wait$/).length).toBe(1);
});
