import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { TodayPage } from "./page";

const NOW = "2026-11-20T10:00:00Z";

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(NOW) }));
afterEach(() => vi.useRealTimers());

const task = (id: string, kind: string, lead_name: string, more: object = {}) => ({
  ...{ id, kind, lead_name, lead_id: `lead_${id}`, title: `Task ${id}`, body: "", due_at: "2026-11-20T09:50:00Z" },
  ...{ tries: 0, priority: "normal" },
  ...more,
});

const TARGETS = {
  month: "2026-11",
  currency: "GBP",
  working_days: 21,
  days_over: 14,
  team: figures(40, 25),
  members: [{ user: "user_1", name: "Maya Okafor", progress: figures(null, 4) }],
};

function figures(target: number | null, actual: number) {
  const none = { actual: 0, target: null, expected: null, projected: null };
  const calls = { actual, target, expected: target && 26, projected: target && 38 };
  return { calls, meetings: none, won: none, collected: none };
}

const ANSWERS = {
  "GET /api/targets": TARGETS,
  "GET /api/dashboard/stats": {
    ...{ leads: 3, clients: 0, inbox_open: 0, mrr: { amount_minor: 0, currency: "GBP" } },
    ...{ today: {}, week: {}, last_week: {}, total: { emails_sent: 1 } },
  },
  "GET /api/dashboard/timeline": { days: [] },
  "GET /api/tasks": {
    items: [
      task("1", "hot_lead", "Elena Marsh", { link: "tel:+442074960351" }),
      task("2", "follow_up", "Owen Pryce", { due_at: "2026-11-24T09:00:00Z" }),
    ],
  },
};

test("Today begins with the user's own tasks and those of nobody", async () => {
  const { sent } = renderPage(TodayPage, "/", "/", ANSWERS, "rep", "own");
  await screen.findByText("Elena Marsh");
  const asked = () => sent.filter(({ path }) => path === "/api/tasks").map(({ query }) => query);
  expect(asked()).toEqual(["?limit=50&owner=me&unowned=true"]);
  await userEvent.click(screen.getByRole("button", { name: "All" }));
  expect(asked()).toContain("?limit=50");
});

test("tasks are filtered by their kind, and the call of a hot lead has the number to call", async () => {
  renderPage(TodayPage, "/", "/", ANSWERS, "rep", "own");
  const due = within(await screen.findByRole("region", { name: "Due" }));
  expect(due.getByText("1 due, 1 later")).toBeDefined();
  expect(due.getByRole("link", { name: /^Call .*Elena Marsh/ }).getAttribute("href")).toBe("tel:+442074960351");
  await userEvent.selectOptions(due.getByRole("combobox", { name: "Kind of task" }), "Follow-ups");
  expect(due.queryByText("Elena Marsh")).toBeNull();
  expect(due.getByText("Owen Pryce")).toBeDefined();
  expect(due.getByText("1 later")).toBeDefined();
});

test("a manager sees the team's targets of the month on Today", async () => {
  renderPage(TodayPage, "/", "/", ANSWERS, "manager", "all");
  const team = within(await screen.findByRole("region", { name: "Team targets" }));
  expect(team.getByText("25 of 40")).toBeDefined();
  expect(team.getByText("7 working days left")).toBeDefined();
  expect(screen.queryByRole("region", { name: "My targets" })).toBeNull();
});
