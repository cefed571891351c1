import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { capOf } from "@/shared/lib/spend";
import { refusal, renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import { daysUpTo, stacked } from "./ai-usage";
import {
  type AiUsage,
  bodyOf,
  type CallPrice,
  lastMonths,
  likely,
  monthWords,
  type Spend,
  withCall,
  withModel,
} from "./spend";
import { SpendSection } from "./spend-section";

const none = { calls: 0, amount: 0 };
const hunter: CallPrice = { provider: "hunter", kind: "find_email", hit: 24_500, miss: 0, own: false };
const minute: CallPrice = { provider: "twilio", kind: "minute", hit: 100_000, miss: 0, own: false };
const zerobounce: CallPrice = { provider: "zerobounce", kind: "verify_email", hit: 9_900, miss: 9_900, own: true };
const spend: Spend = {
  month: "2026-11",
  spent: 9_360_000,
  reserved: 270_000,
  month_cap: 50_000_000,
  user_cap: null,
  providers: [
    { provider: "hunter", hits: { calls: 102, amount: 2_040_000 }, misses: { calls: 34, amount: 0 }, lost: none },
  ],
  users: [{ user: "user_1", spent: 1_110_000 }],
  columns: [],
  campaigns: [
    { campaign: "campaign_1", name: "Clinics", budget: 5_000_000, spent: 1_840_000, reserved: 20_000 },
    { campaign: "campaign_2", name: "Spring", budget: null, spent: 300_000, reserved: 0 },
  ],
  calls: [hunter, zerobounce, minute],
  models: [{ model: "small", input: 150_000, output: 600_000 }],
  other_models: { input: 3_000_000, output: 15_000_000 },
  rev: 4,
};

const used = (answered: number, turned_down: number, cost: number) => ({
  answered,
  lost: 0,
  turned_down,
  cost,
  tokens: { prompt: answered * 100, completion: answered * 10 },
});
const usage: AiUsage = {
  from: "2026-11-01",
  to: "2026-11-03",
  total: used(45, 5, 900_000),
  rows: [
    { day: "2026-11-01", ai_use: "opening_line", model: "small", usage: used(30, 4, 500_000) },
    { day: "2026-11-03", ai_use: "opening_line", model: "small", usage: used(10, 1, 100_000) },
    { day: "2026-11-03", ai_use: "rewrite", model: "large", usage: used(5, 0, 300_000) },
  ],
};

const open = (answers: Record<string, unknown> = {}, role?: "rep") =>
  renderPage(
    SpendSection,
    "/settings/spend",
    "/settings/spend",
    {
      "GET /api/spend": spend,
      "GET /api/ai/usage": usage,
      "GET /api/team": {
        items: [{ id: "user_1", name: "Maya", email: "m@example.test", role: "owner", disabled: false }],
      },
      ...answers,
    },
    role,
  );

test("only own prices are sent", () => {
  expect(bodyOf(spend).calls).toEqual([{ provider: "zerobounce", kind: "verify_email", hit: 9_900, miss: 9_900 }]);
  const cheaper = withCall(spend, { ...hunter, hit: 10_000 }, true);
  expect(bodyOf(cheaper).calls?.[0]).toEqual({ provider: "hunter", kind: "find_email", hit: 10_000, miss: 0 });
  expect(bodyOf(withCall(spend, zerobounce, false)).calls).toEqual([]);
  expect(bodyOf(withModel(spend, "small", undefined)).models).toEqual([]);
});

test("a month's pace is told from its second day until its end", () => {
  const at = (day: string) => likely({ month: "2026-11", spent: 3_000_000 }, new Date(day));
  expect(at("2026-11-01T12:00:00Z")).toBeUndefined();
  expect(at("2026-11-11T00:00:00Z")).toBe(9_000_000);
  expect(at("2026-12-01T00:00:00Z")).toBeUndefined();
});

test("caps and months are read and told", () => {
  expect([capOf(""), capOf("12.5"), capOf("much")]).toEqual([null, 12_500_000, undefined]);
  expect(lastMonths(new Date("2026-01-31T23:00:00Z")).slice(0, 2)).toEqual(["2026-01", "2025-12"]);
  expect(monthWords("2026-11")).toBe("November 2026");
});

test("the month shows what is spent and reserved of the cap, by provider and user", async () => {
  open();
  await screen.findByText("$9.36");
  expect(screen.getByRole("progressbar").getAttribute("aria-valuemax")).toBe("50000000");
  const row = within(screen.getByRole("table", { name: "Cost by provider" })).getByRole("row", { name: /Hunter/ });
  expect(row.textContent).toContain("102 $2.04");
  await screen.findByText("Maya");
});

test("the use of AI is drawn by day, and told by use and model with what was turned down", async () => {
  const { sent } = open();
  await screen.findAllByRole("img", {
    name: "Questions to models by day: 45 questions in 3 days; the numbers are in the table",
  });
  const table = within(screen.getByRole("table", { name: "By use and model" }));
  const texts = table.getAllByRole("row").map((row) => row.textContent);
  expect(texts.slice(1)).toEqual([
    "Opening linessmall404,4005 of 40, 12.5%$0.60",
    "Rewritten draftslarge55500 of 5$0.30",
  ]);
  fireEvent.click(screen.getByRole("button", { name: "Table" }));
  const days = within(screen.getByRole("table", { name: "Questions by day" })).getAllByRole("row");
  expect(days[1]?.textContent).toMatch(/300$/);
  expect(days[2]?.textContent).toMatch(/105$/);
  expect(sent.filter(({ path }) => path === "/api/ai/usage")[0]?.query).toMatch(/^\?from=.+&to=.+/);
});

test("a period in which no model was asked says so", async () => {
  open({ "GET /api/ai/usage": { ...usage, total: used(0, 0, 0), rows: [] } });
  await screen.findByText("No model was asked");
});

test("uses that cannot be told apart in a picture are drawn as one", () => {
  const uses = ["opening_line", "reply_draft", "rewrite", "sequence", "column"] as const;
  const rows = uses.map((ai_use, n) => ({ day: "2026-11-02", ai_use, model: "small", usage: used(10 - n, 0, 0) }));
  const { names, days } = stacked({ ...usage, rows });
  expect(names).toEqual(["Opening lines", "Reply drafts", "Rewritten drafts", "Other"]);
  expect(days.map(({ values }) => values)).toEqual([
    [0, 0, 0, 0],
    [10, 9, 8, 13],
    [0, 0, 0, 0],
  ]);
  expect(daysUpTo(new Date("2026-11-03T23:00:00Z"), "7")).toEqual({ from: "2026-10-28", to: "2026-11-03" });
});

test("a cap is changed, and a refused one is told at its field", async () => {
  const { sent } = open({
    "PUT /api/spend/settings": refusal(422, {
      code: "invalid",
      errors: [{ field: "month_cap", detail: "is too high" }],
    }),
  });
  fireEvent.click(await screen.findByRole("button", { name: "Change the caps" }));
  const field = await screen.findByLabelText("The workspace, a month");
  fireEvent.change(field, { target: { value: "many" } });
  fireEvent.click(screen.getByRole("button", { name: "Save caps" }));
  await screen.findByText(/Enter an amount/);
  fireEvent.change(field, { target: { value: "20" } });
  fireEvent.click(screen.getByRole("button", { name: "Save caps" }));
  await screen.findByText("is too high");
  expect(sent.find(({ method }) => method === "PUT")?.body).toMatchObject({ month_cap: 20_000_000, rev: 4 });
});

test("who may not change prices sees them without buttons", async () => {
  open({}, "rep");
  await screen.findByRole("table", { name: "Prices of look-ups" });
  expect(screen.queryByRole("button", { name: /Change/ })).toBeNull();
});

test("campaigns are listed with budget, reserved and spent", async () => {
  open();
  const table = await screen.findByRole("table", { name: "Budgets of campaigns" });
  const rows = within(table)
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.textContent);
  expect(rows).toEqual(["Clinics$5.00$0.02$1.84", "Springno cap$0.00$0.30"]);
  expect(within(table).getByText("Clinics").getAttribute("href")).toBe("/campaigns/campaign_1");
});

test("the price of a minute of a phone call has a table of its own and one field", async () => {
  const { sent } = open({ "PUT /api/spend/settings": { ...spend, rev: 5 } });
  const lookUps = await screen.findByRole("table", { name: "Prices of look-ups" });
  expect(within(lookUps).queryByText("Twilio")).toBeNull();
  const table = screen.getByRole("table", { name: "Prices of phone calls" });
  expect(within(table).getAllByRole("row")[1]?.textContent).toContain("A minute on both phones $0.10");
  fireEvent.click(within(table).getByRole("button", { name: /Change the price of Twilio/ }));
  const field = await screen.findByLabelText("A started minute");
  expect(screen.queryByLabelText("When nothing is found")).toBeNull();
  fireEvent.change(field, { target: { value: "0.25" } });
  fireEvent.click(screen.getByRole("button", { name: "Save price" }));
  await expect
    .poll(() => sent.find(({ method }) => method === "PUT")?.body)
    .toMatchObject({
      calls: [{ provider: "zerobounce" }, { provider: "twilio", kind: "minute", hit: 250_000, miss: 0 }],
    });
});
