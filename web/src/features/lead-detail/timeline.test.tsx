import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { LeadTimeline } from "./timeline";

const paid = (id: string, client: string | null) => ({
  ...{ id, at: "2026-11-17T09:00:00Z", planned: false, user: null },
  ...{ kind: "paid", amount_minor: 4900, currency: "USD", client },
});

const entriesWith = (items: object[], more: Record<string, unknown> = {}, enrolments: object[] = []) => {
  const Page = () => <LeadTimeline id="lead_1" />;
  renderPage(Page, "/leads/$id", "/leads/lead_1", {
    "GET /api/leads/lead_1/timeline": { items, enrolments },
    ...more,
  });
};

const message = (more: object, planned = false) => ({
  ...{ id: "m1", at: "2030-01-08T09:05:00Z", planned, user: null, kind: "message" },
  message: {
    ...{ id: "m1", direction: "out", channel: "email", state: "accepted", from: "", to: "ada@one.example" },
    ...{ subject: "Two minutes?", text: "Are you open on Sundays?", test: false, attempts: 1 },
    ...{ opens: 0, clicks: 0, machine_events: 0, ...more },
  },
});
const STOPPED = {
  "GET /api/settings": { default_zone: "UTC", sending: { state: "stopped", since: "2026-11-17T09:00:00Z" } },
};

test("the text of a mail that was sent can be read", async () => {
  entriesWith([message({})]);
  const shown = (await screen.findByText("Show message", { exact: false })).closest("details");
  expect(shown?.textContent).toContain("Are you open on Sundays?");
});

test("a scheduled message says that it waits while all sending is stopped", async () => {
  entriesWith([message({ state: "queued", planned_for: "2030-01-08T09:05:00Z" }, true)], STOPPED);
  expect(await screen.findByText("Waits: all sending is stopped")).toBeTruthy();
});

test("a planned step says that it waits while its campaign is paused", async () => {
  const step = {
    ...{ id: "next", at: "2030-01-08T09:05:00Z", planned: true, user: null, kind: "planned_step" },
    ...{ campaign: "campaign_1", campaign_name: "Clinics", step: 0, step_kind: "email", subject: "Hi" },
  };
  entriesWith([step], {}, [{ campaign: "campaign_1", campaign_state: "paused" }]);
  expect(await screen.findByText("Waits: the campaign is paused")).toBeTruthy();
});

test("an uncertain message offers no answer while its last attempt is checked", async () => {
  const checking_until = new Date(Date.now() + 240_000).toISOString();
  entriesWith([message({ state: "uncertain", checking_until })]);
  expect(await screen.findByText(/^We are checking until \d\d:\d\d$/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: /^(Mark as sent|Send again)/ })).toBeNull();
});

test("a payment leads to the client that paid", async () => {
  entriesWith([paid("a1", "client_7")]);
  const link = await screen.findByRole("link", { name: "Open client" });
  expect(link.getAttribute("href")).toBe("/clients/client_7");
  expect(link.closest("li")?.textContent).toContain("Payment received");
});

test("a payment whose client is not known has no link", async () => {
  entriesWith([paid("a1", null)]);
  expect(await screen.findByText("Payment received")).toBeTruthy();
  expect(screen.queryByRole("link")).toBeNull();
});
