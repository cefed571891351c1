import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CampaignView, Schema } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
import { CampaignPage } from "./campaign-page";
import { ChangeSenders } from "./change-senders";
import { NewCampaign } from "./new-campaign";

const campaign = (more: Partial<CampaignView> = {}): CampaignView => ({
  id: "campaign_1",
  name: "Clinics",
  state: "active",
  state_since: "2026-11-17T10:42:00Z",
  sequence_id: "sequence_1",
  sequence_version: 7,
  mailbox_ids: ["account_1", "account_2"],
  when_mailbox_gone: "exit",
  sms_sender_id: "account_9",
  whatsapp_sender_id: null,
  only_verified: false,
  untracked: { opens: false, clicks: false },
  writing: { ai: true },
  promotes_winner: false,
  leads_per_variant: 1000,
  zone: "Europe/London",
  created_at: "2026-10-08T09:30:00Z",
  rev: 3,
  ...more,
});
const sender = (id: string, name: string, kind = "smtp") => ({ id, name, kind, enabled: true });
const SENDERS = {
  items: [sender("account_1", "North"), sender("account_2", "South"), sender("account_9", "Bristol", "twilio")],
};
const figures = {
  enrolments: {
    enrolled: 14,
    in_flight: 12,
    held: 0,
    finished: 0,
    replied: 0,
    opted_out: 0,
    bounced: 0,
    won: 0,
    other: 0,
  },
  messages: {},
  clients: 0,
  steps: [],
};
const open = (answers: Record<string, unknown>, role?: Schema["Role"]) =>
  renderPage(
    CampaignPage,
    "/campaigns/$id",
    "/campaigns/campaign_1",
    {
      "GET /api/campaigns/campaign_1": campaign(),
      "GET /api/campaigns/campaign_1/stats": figures,
      "GET /api/campaigns/campaign_1/variants": { leads_per_variant: 1000, proposed_leads: 797, steps: [] },
      "GET /api/campaigns/campaign_1/writing": { settings: { ai: true }, ai_enabled: true, spent: 0, reserved: 0 },
      "GET /api/campaigns/campaign_1/auto-enrol": { taken_today: 0, look: null, jobs: [] },
      "GET /api/campaigns/campaign_1/missing-values": { version: 3, looked_at: 14, people: 0, fields: [] },
      "GET /api/campaigns/campaign_1/launch": { first: null, looked_at: 14, more: false, faults: [] },
      "GET /api/settings/accounts": SENDERS,
      ...answers,
    },
    role,
  );
const disabled = (button: HTMLElement) => (button.closest("button") as HTMLButtonElement).disabled;

test("senders cannot be saved before they are known, nor all taken away", async () => {
  let come: (value: unknown) => void = () => undefined;
  renderPage(() => <ChangeSenders campaign={campaign()} onClose={() => undefined} />, "/senders", "/senders", {
    "GET /api/settings/accounts": new Promise((done) => (come = done)),
    "GET /api/campaigns/campaign_1/stats": figures,
  });
  expect(disabled(await screen.findByText("Save"))).toBe(true);
  come(SENDERS);
  fireEvent.click(await screen.findByLabelText(/^North/));
  expect(disabled(screen.getByText("Save"))).toBe(false);
  fireEvent.click(screen.getByLabelText(/^South/));
  expect(disabled(screen.getByText("Save"))).toBe(true);
});

test("taking a mailbox out where its people leave is asked about, with the count; its revision is that of opening", async () => {
  const answers = { "PATCH /api/campaigns/campaign_1": campaign({ rev: 4 }) };
  const { sent, cache } = open(answers);
  fireEvent.click(await screen.findByText("Change senders"));
  fireEvent.click(await screen.findByLabelText(/^South/));
  cache.setQueryData(["campaigns", "one", "campaign_1"], campaign({ rev: 9 }));
  fireEvent.click(screen.getByText("Save"));
  expect((await screen.findByRole("alert")).textContent).toContain("out of 12 active leads");
  expect(sent.filter((s) => s.method === "PATCH")).toEqual([]);
  fireEvent.click(screen.getByText("Save without 1 mailbox"));
  await expect
    .poll(() => sent.find((s) => s.method === "PATCH")?.body)
    .toEqual({
      mailbox_ids: ["account_1"],
      when_mailbox_gone: "exit",
      sms_sender_id: "account_9",
      whatsapp_sender_id: null,
      rev: 3,
    });
});

test("the dialog and the toast of a launch say when the first message goes out", async () => {
  const first = { at: "2030-01-08T09:05:00", channel: "email" };
  open({
    "GET /api/campaigns/campaign_1": campaign({ state: "draft" }),
    "GET /api/campaigns/campaign_1/launch": { first, looked_at: 14, more: true, faults: [] },
    "POST /api/campaigns/campaign_1/launch": campaign(),
  });
  fireEvent.click((await screen.findAllByText("Launch"))[0] as HTMLElement);
  await screen.findByText(/^First e-mail: .* 09:05\. One of the other leads may get theirs sooner\.$/);
  fireEvent.click(await screen.findByText("Launch for 14 leads"));
  await screen.findByText(/^Launched\. First e-mail: .* 09:05$/);
});

test("what a launch lacks is told before the last click, with the place where it is added", async () => {
  const detail = "step 2 is a text, and no number is chosen. Choose one, or remove the step.";
  open({
    "GET /api/campaigns/campaign_1": campaign({ state: "draft", sms_sender_id: null }),
    "GET /api/settings/accounts": { items: [sender("account_1", "North")] },
    "GET /api/campaigns/campaign_1/launch": {
      ...{ first: null, looked_at: 0, more: false },
      faults: [{ field: "sms_sender_id", detail }],
    },
  });
  fireEvent.click((await screen.findAllByText("Launch"))[0] as HTMLElement);
  await screen.findByText(/^Step 2 is a text, and no number is chosen\./);
  const link = screen.getByRole("link", { name: "Connect a number" });
  expect(link.getAttribute("href")).toBe("/settings/numbers");
  expect(disabled(screen.getByText("Launch for 14 leads"))).toBe(true);
});

test("a campaign whose sending is stopped says that it waits, and so does its launch", async () => {
  const sending = { state: "stopped", since: "2026-11-17T09:00:00Z" };
  const stopped = { "GET /api/settings": { default_zone: "Europe/London", sending } };
  open(stopped);
  await screen.findByText(/^Active since .*, waits: all sending is stopped$/);
  open({ ...stopped, "GET /api/campaigns/campaign_1": campaign({ state: "draft" }) });
  fireEvent.click((await screen.findAllByText("Launch"))[0] as HTMLElement);
  await screen.findByText("Nothing goes out for now: all sending is stopped.");
});

test("why a launch is refused is told in words, and the question stays", async () => {
  open({
    "GET /api/campaigns/campaign_1": campaign({ state: "draft" }),
    "POST /api/campaigns/campaign_1/launch": refusal(422, {
      code: "invalid_value",
      detail: "mailbox_ids: is needed",
      errors: [
        { field: "mailbox_ids", detail: "is needed" },
        { field: "sms_sender_id", detail: "is switched off" },
      ],
    }),
  });
  fireEvent.click((await screen.findAllByText("Launch"))[0] as HTMLElement);
  await waitFor(() => expect(disabled(screen.getByText("Launch for 14 leads"))).toBe(false));
  fireEvent.click(screen.getByText("Launch for 14 leads"));
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toBe("Mailboxes: is neededSMS number: is switched off");
  expect(screen.getByText("Launch for 14 leads")).toBeDefined();
});

test("who would be held for lack of a value is told before the launch", async () => {
  open({
    "GET /api/campaigns/campaign_1": campaign({ state: "draft" }),
    "GET /api/campaigns/campaign_1/missing-values": {
      version: 3,
      looked_at: 10,
      people: 1,
      fields: [{ field: "city", people: 1 }],
      next_cursor: "c1",
    },
  });
  fireEvent.click((await screen.findAllByText("Launch"))[0] as HTMLElement);
  const told = /^Of the first 10 active leads, 1 lead is missing a value that a text needs\. They are held/;
  await screen.findByText(told);
  await screen.findByText("City 1");
});

test("completing is asked about with the count, and offered to whom it is allowed", async () => {
  const { sent } = open({});
  fireEvent.click((await screen.findAllByText("More"))[0] as HTMLElement);
  fireEvent.click(await screen.findByText("Complete"));
  await screen.findByText("Complete for 12 leads");
  expect(sent.filter((s) => s.method === "POST" && s.path.includes("complete"))).toEqual([]);
});

test("who only reads is offered nothing that changes the campaign", async () => {
  open({}, "read_only");
  await screen.findByText("Check sending");
  for (const word of ["Pause", "Add leads", "Change senders"]) expect(screen.queryByText(word)).toBeNull();
  const [more] = screen.getAllByText("More");
  if (more) fireEvent.click(more);
  const items = await screen.findAllByRole("menuitem");
  expect(items.map((item) => item.textContent)).toEqual(["Preview page"]);
});

test("no draft is made while it is not known which mailboxes there are", async () => {
  renderPage(() => <NewCampaign open onClose={() => undefined} />, "/new", "/new", {
    "GET /api/settings/accounts": refusal(503, { code: "unavailable", detail: "Later." }),
  });
  await screen.findByText("The mailboxes did not load");
  expect(disabled(screen.getByText("Create draft"))).toBe(true);
});
