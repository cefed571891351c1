import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { serverNow } from "@/api/clock";
import { refusal, renderPage } from "@/test-page";
import { SimulationPage } from "./simulation-page";

const AT = "/api/campaigns/campaign_1/simulation";
const asked = (secondsAgo: number, more: object = {}) => ({
  id: "simulation_1",
  asked_at: new Date(serverNow() - secondsAgo * 1_000).toISOString(),
  ...more,
});
const result = (more: object = {}) => ({
  made_at: "2027-01-04T09:00:00Z",
  people: 3,
  held: 0,
  cut_off: false,
  messages: 0,
  tasks: 0,
  senders: [],
  skipped: {},
  ends: { suppressed: 3 },
  would_be_held: {},
  costs: { currency: "GBP", emails: 0, sms_segments: 0, whatsapp: 0 },
  ...more,
});
const CAMPAIGN = { "GET /api/campaigns/campaign_1": { id: "campaign_1", name: "Clinics", state: "draft" } };
const open = (answers: Record<string, unknown>) =>
  renderPage(SimulationPage, "/campaigns/$id/simulation", "/campaigns/campaign_1/simulation", answers);
const asks = (sent: { path: string }[]) => sent.filter((s) => s.path.endsWith("/simulate")).length;
const button = (name: string) => screen.getAllByRole("button", { name })[0] as HTMLButtonElement;

test("one that was never made is offered, and asked for", async () => {
  const { sent } = open({
    ...CAMPAIGN,
    [`GET ${AT}`]: refusal(404, { code: "not_found", detail: "No simulation." }),
    "POST /api/campaigns/campaign_1/simulate": asked(0),
  });
  expect(await screen.findByText("Not simulated yet")).toBeTruthy();
  fireEvent.click(button("Simulate"));
  await waitFor(() => expect(asks(sent)).toBe(1));
});

test("while it is under way nobody asks twice, and it is looked after until it is there", async () => {
  const answers: Record<string, unknown> = { ...CAMPAIGN, [`GET ${AT}`]: asked(100) };
  open(answers);
  expect(await screen.findByRole("status", { name: "Running the simulation" })).toBeTruthy();
  expect(button("Simulate again").disabled).toBe(true);
  answers[`GET ${AT}`] = asked(101, { result: result() });
  expect(await screen.findByText("No messages would be sent.")).toBeTruthy();
  expect(button("Simulate again").disabled).toBe(false);
});

test("without a result after two minutes it has failed, is asked after no more, and can be repeated", async () => {
  const answers: Record<string, unknown> = {
    ...CAMPAIGN,
    [`GET ${AT}`]: asked(119),
    "POST /api/campaigns/campaign_1/simulate": asked(0),
  };
  const { sent, cache } = open(answers);
  expect((await screen.findByRole("alert")).textContent).toMatch(/The simulation failed.*Nothing was sent/);
  const looks = cache.getQueryState(["campaigns", "simulation", "campaign_1", "figures"])?.dataUpdateCount;
  await new Promise((done) => setTimeout(done, 1_500));
  expect(cache.getQueryState(["campaigns", "simulation", "campaign_1", "figures"])?.dataUpdateCount).toBe(looks);
  answers[`GET ${AT}`] = asked(1);
  fireEvent.click(button("Simulate again"));
  expect(await screen.findByRole("status", { name: "Running the simulation" })).toBeTruthy();
  expect(asks(sent)).toBe(1);
});

test("of more people than it looks at it says so", async () => {
  open({ ...CAMPAIGN, [`GET ${AT}`]: asked(900, { result: result({ cut_off: true, people: 10_000 }) }) });
  expect(await screen.findByText(/There are more leads: only the first 10,000 were simulated/)).toBeTruthy();
});
