import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CampaignView } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import { CampaignWriting } from "./campaign-writing";

const PATCH = "PATCH /api/campaigns/campaign_1";
const settings = { ai: true, tone: "warm", language: "German", context: "Tables.", budget: 5_000_000 };
const writing = {
  settings,
  ai_enabled: true,
  spent: 4_000_000,
  reserved: 250_000,
  left: 750_000,
  example: null as object | null,
};
const open = (answers: Record<string, unknown> = {}, mayChange = true) =>
  renderPage(
    () => <CampaignWriting campaign={{ id: "campaign_1", name: "Clinics", rev: 3 } as CampaignView} open={mayChange} />,
    "/one",
    "/one",
    {
      "GET /api/campaigns/campaign_1/writing": writing,
      "GET /api/campaigns/campaign_1/enrolments": { items: [{ lead_id: "lead_0", lead_name: "Elena Marsh" }] },
      ...answers,
    },
  );
const changes = (sent: { method: string; body: object }[]) =>
  sent.filter((s) => s.method === "PATCH").map((s) => s.body);

test("the switch changes AI alone, and undo brings back what was there", async () => {
  const { sent } = open({ [PATCH]: { id: "campaign_1" } });
  fireEvent.click(await screen.findByLabelText(/^AI writes for this campaign/));
  const told = (await screen.findByText("AI is off in this campaign")).parentElement as HTMLElement;
  expect(changes(sent)).toEqual([{ writing: { ...settings, ai: false } }]);
  fireEvent.click(within(told).getByText(/^Undo/));
  await expect.poll(() => changes(sent)[1]).toEqual({ writing: settings });
});

test("the budget's bar says what is spent, reserved and left", async () => {
  open();
  const bar = await screen.findByRole("progressbar", { name: "Spent and reserved of the campaign's budget" });
  expect([bar.getAttribute("aria-valuenow"), bar.getAttribute("aria-valuemax")]).toEqual(["4250000", "5000000"]);
  await screen.findByText("$0.75 left");
});

test("the form sends all settings on the revision it was opened on, an emptied budget as none", async () => {
  const { sent } = open({ [PATCH]: { id: "campaign_1" } });
  fireEvent.click(await screen.findByText("Change writing"));
  fireEvent.change(await screen.findByLabelText("Tone"), { target: { value: " crisp " } });
  fireEvent.change(screen.getByLabelText("Budget"), { target: { value: "a lot" } });
  fireEvent.click(screen.getByText("Save"));
  await screen.findByText("Enter an amount in US dollars, with up to six decimals.");
  expect(changes(sent)).toEqual([]);
  fireEvent.change(screen.getByLabelText("Budget"), { target: { value: "" } });
  fireEvent.click(screen.getByText("Save"));
  const told = await screen.findByText("Saved: opening lines are being written for this campaign");
  expect(changes(sent)).toEqual([{ writing: { ...settings, tone: "crisp", budget: null }, rev: 3 }]);
  fireEvent.click(within(told.parentElement as HTMLElement).getByText(/^Undo/));
  await expect.poll(() => changes(sent)[1]).toEqual({ writing: settings });
});

test("why a setting is refused stands at its field", async () => {
  const errors = [{ field: "writing.language", detail: "must have at most 40 characters" }];
  const problem = { code: "invalid_value", detail: "writing.language", errors };
  open({ [PATCH]: refusal(422, problem) });
  fireEvent.click(await screen.findByText("Change writing"));
  fireEvent.click(await screen.findByText("Save"));
  await screen.findByText("must have at most 40 characters");
  expect(screen.getByLabelText("Language").getAttribute("aria-invalid")).toBe("true");
});

test("an example shows the line for a lead, where it is from, and its facts", async () => {
  const example = {
    lead_id: "lead_0",
    lead_name: "Elena Marsh",
    text: "A practice in Leeds.",
    from: "lead",
    why: "the campaign's budget is used up",
    facts: [{ number: 3, text: "It is in Leeds.", source: "lead.city" }],
    written_with: { model: "small", prompt: "1.3" },
    written_at: "2026-11-20T09:00:00Z",
  };
  const { sent } = open({ "GET /api/campaigns/campaign_1/writing": { ...writing, example } });
  const choice = await screen.findByLabelText("See it for a lead");
  expect(screen.queryByText("A practice in Leeds.")).toBeNull();
  fireEvent.change(choice, { target: { value: "lead_0" } });
  await screen.findByText("A practice in Leeds.");
  expect(sent.some((s) => s.query === "?lead_id=lead_0")).toBe(true);
  await screen.findByText(
    /^The lead's own line: the campaign's budget is used up\. Written by small with prompt version 3, .*\.$/,
  );
  expect(screen.getByLabelText("Facts of the opening line").textContent).toBe("It is in Leeds. from the lead's fields");
});

test("AI that is off in the workspace is said, with the way to its settings", async () => {
  open({ "GET /api/campaigns/campaign_1/writing": { ...writing, ai_enabled: false } });
  expect((await screen.findByText("AI settings")).getAttribute("href")).toBe("/settings/writing");
});

test("who may not change it sees the settings alone", async () => {
  open({}, false);
  await screen.findByText("warm");
  expect(screen.queryByText("Change writing")).toBeNull();
  expect(screen.getByLabelText(/^AI writes for this campaign/).hasAttribute("disabled")).toBe(true);
});
