import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { SuppressionSection } from "./suppression";

const LIST = "/api/settings/suppressions";
const entry = (value: string, more = {}) => ({
  scope: "email",
  value,
  reason: "opted_out",
  created_at: "2026-11-27T08:00:00Z",
  ...more,
});
const page = (answers: Record<string, unknown>) =>
  renderPage(() => <SuppressionSection />, "/settings", "/settings", {
    [`GET ${LIST}`]: { items: [entry("ann@x.example", { lead_id: "lead_1" }), entry("ben@x.example")] },
    ...answers,
  });

test("an entry has a link to its lead where one is known", async () => {
  page({});
  const link = await screen.findByRole("link", { name: "Open lead with ann@x.example" });
  expect(link.getAttribute("href")).toBe("/leads/lead_1");
  expect(screen.queryByRole("link", { name: "Open lead with ben@x.example" })).toBeNull();
});

test("a search asks the server for the part that was typed", async () => {
  const { sent } = page({});
  fireEvent.change(await screen.findByRole("searchbox", { name: "Search" }), { target: { value: " ann " } });
  await expect.poll(() => sent.some(({ path, query }) => path === LIST && query.includes("q=ann"))).toBe(true);
});

test("an import tells which line was wrong and what was done with the others", async () => {
  const { sent } = page({
    [`POST ${LIST}/import`]: {
      items: [
        { line: 1, text: "cy@x.example", outcome: "added", scope: "email", value: "cy@x.example" },
        { line: 2, text: "dee@x", outcome: "refused", problem: "dee@x has no valid domain after the @" },
        { line: 3, text: "", outcome: "skipped" },
        { line: 4, text: "ann@x.example", outcome: "already_listed", scope: "email", value: "ann@x.example" },
      ],
    },
  });
  fireEvent.click(await screen.findByRole("button", { name: "Import" }));
  const text = "cy@x.example\r\ndee@x\n\nann@x.example\n\n";
  fireEvent.change(await screen.findByRole("textbox", { name: /Addresses, numbers/ }), { target: { value: text } });
  fireEvent.click(screen.getByRole("button", { name: "Add 4 lines" }));
  await screen.findByText("1 entry added, 1 not added, 1 on the list before, 0 named twice.");
  const row = screen.getByText("Not added: dee@x has no valid domain after the @").closest("tr");
  if (!row) throw new Error("a row");
  within(row).getByText("2");
  const body = sent.find(({ path }) => path === `${LIST}/import`)?.body;
  expect(body).toEqual({ lines: ["cy@x.example", "dee@x", "", "ann@x.example"], first_line: 1 });
});

test("an import that breaks off says from which line on nothing was added", async () => {
  page({ [`POST ${LIST}/import`]: new Response(JSON.stringify({ detail: "Try again soon." }), { status: 503 }) });
  fireEvent.click(await screen.findByRole("button", { name: "Import" }));
  const text = "cy@x.example";
  fireEvent.change(await screen.findByRole("textbox", { name: /Addresses, numbers/ }), { target: { value: text } });
  fireEvent.click(screen.getByRole("button", { name: "Add 1 line" }));
  await screen.findByText(/^Line 1 and those after it were not added/);
  screen.getByRole("button", { name: "Send all lines again" });
});
