import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CampaignView, Schema } from "@/api/types";
import { renderPage } from "@/test-page";
import { HeldReasons } from "./held-reasons";

const held = (lead: number, hold_reason: string) => ({ lead_id: `lead_${lead}`, state: "held", hold_reason });
const PEOPLE = [held(1, "missing_value"), held(2, "out_of_office"), held(3, "missing_value"), held(4, "mailbox")];
const open = (more: { state?: string; role?: Schema["Role"]; next_cursor?: string } = {}) =>
  renderPage(
    () => (
      <HeldReasons campaign={{ id: "campaign_1", name: "Clinics", state: more.state ?? "active" } as CampaignView} />
    ),
    "/one",
    "/one",
    { "GET /api/campaigns/campaign_1/enrolments": { items: PEOPLE, next_cursor: more.next_cursor } },
    more.role ?? "rep",
  );
const rows = async () => {
  const list = await screen.findByRole("list", { name: "Held, by reason" });
  return within(list)
    .getAllByRole("listitem")
    .map((row) => row.textContent);
};

test("each reason says how many it holds, and those that may end together have a button", async () => {
  const { sent } = open();
  expect(await rows()).toEqual([
    "Missing value2 leadsRelease all 2",
    "Out of office1 lead",
    "Mailbox or number missing or unreachable1 leadRelease 1 lead",
  ]);
  expect(sent[0]?.query).toBe("?state=held&limit=200");
});

test("of more than were read it says at least, and names no number", async () => {
  open({ next_cursor: "x" });
  expect((await rows())[0]).toBe("Missing valueat least 2 leadsRelease all");
});

for (const [who, more] of [
  ["who may only read", { role: "read_only" }],
  ["of a paused campaign nobody", { state: "paused" }],
] as const)
  test(`${who} is offered to let nobody go`, async () => {
    open(more);
    expect((await rows())[0]).toBe("Missing value2 leads");
    expect(screen.queryByRole("button", { name: /^Let/ })).toBeNull();
  });
