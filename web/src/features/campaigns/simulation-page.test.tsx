import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { SimulationPage } from "./simulation-page";

const result = (more: object = {}) => ({
  made_at: "2027-01-04T09:00:00Z",
  people: 2,
  held: 0,
  cut_off: false,
  messages: 1,
  tasks: 0,
  last_message: "2027-01-05T10:12:00Z",
  senders: [
    {
      channel: "email",
      account_id: "account_1",
      name: "Maya",
      zone: "Europe/London",
      days: [{ day: "2027-01-05", messages: 1, allowed: 40 }],
      without_limits: 90,
      accounts_needed: 3,
    },
  ],
  skipped: { no_phone: 1 },
  ends: { finished: 1 },
  would_be_held: {},
  costs: { currency: "GBP", emails: 1, email_micros: 100, sms_segments: 0 },
  ...more,
});
const ada = (more: object = {}) => ({
  lead_id: "lead_1",
  name: "Ada",
  zone: "Europe/London",
  mailbox_id: "account_1",
  end: "finished",
  steps: [
    { step: 0, kind: "email", at: "2027-01-05T10:12:00Z", local: "2027-01-05T10:12", variant: "Short" },
    { step: 1, kind: "sms", because: "no_phone" },
  ],
  ...more,
});
const open = (figures: object = result(), people: object[] = [ada()], answers: Record<string, unknown> = {}) =>
  renderPage(SimulationPage, "/campaigns/$id/simulation", "/campaigns/campaign_1/simulation", {
    "GET /api/campaigns/campaign_1": { id: "campaign_1", name: "Clinics", state: "draft" },
    "GET /api/campaigns/campaign_1/simulation": {
      id: "simulation_1",
      asked_at: "2027-01-04T09:00:00Z",
      result: figures,
    },
    "GET /api/campaigns/campaign_1/simulation/people": { items: people },
    ...answers,
  });

test("each person's row says from where, when and in which words, and why a step is left out", async () => {
  open();
  const row = await screen.findByRole("row", { name: /Ada/ });
  expect(within(row).getByRole("cell", { name: "Maya" })).toBeTruthy();
  expect(row.textContent).toMatch(/1 E-mail \(Short\) Tue (5 Jan|Jan 5) 10:12/);
  expect(row.textContent).toMatch(/2 SMS no phone number/);
  expect(
    screen.getByText(/Sending without delay would take 3 such accounts; you have 1. The peak would be 90 on one day/),
  ).toBeTruthy();
});

test("who waits already is counted by what they wait for", async () => {
  open(result({ held: 3, held_by: { uncertain: 2, missing_value: 1 } }), []);
  expect(
    await screen.findByText(/2 leads are already held with no end date: Delivery uncertain, checking/),
  ).toBeTruthy();
  expect(screen.getByText(/1 lead is already held with no end date: Missing value/)).toBeTruthy();
});

test("who comes to a message that cannot go out would be held, and has not failed", async () => {
  const stops = [{ step: 0, version: 3, channel: "email", reason: "mailbox", people: 1 }];
  const waits = ada({ end: null, steps: [{ step: 0, kind: "email", held: "mailbox" }] });
  open(result({ messages: 0, ends: {}, skipped: {}, would_be_held: { mailbox: 1 }, stops }), [waits]);
  expect(await screen.findByText("1 lead stops at step 1: no mailbox connected")).toBeTruthy();
  const row = await screen.findByRole("row", { name: /Ada/ });
  expect(row.textContent).toMatch(/would be held: no mailbox connected/);
  expect(within(row).getByRole("cell", { name: "Would be held" })).toBeTruthy();
});

test("a step that sends nothing says what it came to", async () => {
  const at = { at: "2027-01-05T10:12:00Z", local: "2027-01-05T10:12" };
  const steps = [
    { step: 0, kind: "wait", because: "waited", ...at },
    { step: 1, kind: "branch", because: "opened=no", ...at },
    { step: 2, kind: "goal", because: "booked=no", ...at },
  ];
  open(result(), [ada({ steps })]);
  const row = await screen.findByRole("row", { name: /Ada/ });
  expect(row.textContent).toMatch(/1 Wait Tue (5 Jan|Jan 5) 10:122 Branch Tue (5 Jan|Jan 5) 10:12, opened: no/);
  expect(row.textContent).toMatch(/3 Goal Tue (5 Jan|Jan 5) 10:12, not reached yet/);
});

const TEXT = "GET /api/campaigns/campaign_1/simulation/people/lead_1/steps/0";

test("a message is opened in its words, by keyboard as well, and closed again", async () => {
  open(result(), [ada()], {
    [TEXT]: { from: "Maya <maya@northquay.example>", to: "ada@one.example", subject: "Hi", text: "Hello Ada" },
  });
  const button = await screen.findByRole("button", { name: "Read 1 E-mail (Short) to Ada" });
  expect(button.getAttribute("aria-expanded")).toBe("false");
  fireEvent.click(button);
  expect(await screen.findByText("Hello Ada")).toBeTruthy();
  expect(screen.getByRole("region", { name: "Step 1 to Ada" }).textContent).toMatch(/maya@northquay\.example.*Hi/);
  expect(button.getAttribute("aria-expanded")).toBe("true");
  fireEvent.click(button);
  expect(screen.queryByText("Hello Ada")).toBeNull();
  expect(screen.queryByRole("button", { name: /Read 2/ })).toBeNull();
});

test("what cannot be written says what is missing", async () => {
  open(result(), [ada()], { [TEXT]: { to: "ada@one.example", error: "'first_name' has no value" } });
  fireEvent.click(await screen.findByRole("button", { name: /Read 1/ }));
  expect(await screen.findByText(/It would be held: 'first_name' has no value/)).toBeTruthy();
});

test("the cost is summed where prices are set, and said to be unknown where they are not", async () => {
  const costs = { currency: "GBP", emails: 694, email_micros: 69_400, sms_segments: 12 };
  const priced = ada({ steps: [{ ...ada().steps[0], cost_micros: 100 }] });
  open(result({ costs }), [priced]);
  expect(await screen.findByText(/694 e-mails: £0\.0694, 12 segments of SMS: no price set/)).toBeTruthy();
  expect(screen.getByRole("link", { name: "Set message prices" })).toBeTruthy();
  expect((await screen.findByRole("row", { name: /Ada/ })).textContent).toMatch(/10:12 £0\.0001/);
});

test("who goes over to another version is shown its steps, and their words are asked for with it", async () => {
  const at = { at: "2027-01-05T10:12:00Z", local: "2027-01-05T10:12" };
  const steps = [
    { step: 1, kind: "email", ...at },
    { step: 1, version: 2, kind: "email", ...at },
  ];
  const words = "GET /api/campaigns/campaign_1/simulation/people/lead_1/steps/1";
  const { sent } = open(result(), [ada({ steps })], { [words]: { subject: "Anew", text: "Hello again" } });
  fireEvent.click(await screen.findByLabelText("Read 2 E-mail of version 2 to Ada"));
  await screen.findByText("Hello again");
  expect(sent.filter((s) => s.path.endsWith("/steps/1")).map((s) => s.query)).toEqual(["?version=2"]);
  expect(screen.getByLabelText("Read 2 E-mail to Ada").getAttribute("aria-expanded")).toBe("false");
});

const find = (q: string) => fireEvent.change(screen.getByLabelText("Name or e-mail"), { target: { value: q } });

test("whom a word finds is shown without their words, each asked for when it is opened", async () => {
  const found = Array.from({ length: 20 }, (_, i) => ada({ lead_id: `lead_${i}`, name: `Ada ${i}` }));
  const { cache } = open(result(), found, {
    "GET /api/campaigns/campaign_1/simulation/people/lead_7/steps/0": { subject: "Hi", text: "Hello Ada 7" },
  });
  await screen.findByRole("row", { name: /Ada 7/ });
  find("ada");
  const seventh = await screen.findByRole("article", { name: "Ada 7" });
  expect(screen.getByText(/Showing the first 20 leads/)).toBeTruthy();
  const texts = () => cache.getQueryCache().findAll({ queryKey: ["campaigns", "simulation", "campaign_1", "text"] });
  expect(texts()).toEqual([]);
  fireEvent.click(within(seventh).getByRole("button", { name: "Read 1 E-mail (Short) to Ada 7" }));
  expect(await within(seventh).findByText("Hello Ada 7")).toBeTruthy();
  expect(texts().length).toBe(1);
});

test("where fewer are found than there could be, nothing is said about more", async () => {
  open();
  await screen.findByRole("row", { name: /Ada/ });
  find("ada");
  await screen.findByRole("article", { name: "Ada" });
  expect(screen.queryByText(/At most 20/)).toBeNull();
});
