import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { Enrichment } from "./enrichment";
import { LookUpAgain } from "./enrichment-actions";
import type { FieldResult, LeadDetail } from "./queries";

const at = "2026-11-20T09:00:00Z";
const result = (field: FieldResult["field"], more: Partial<FieldResult>): FieldResult => ({
  ...{ field, status: "found", attempts: 0, source: "website", at },
  ...more,
});
const lead = (...enrichment: FieldResult[]) =>
  ({ id: "lead_1", name: "Ana Silva", enrichment }) as unknown as LeadDetail;
const show = (...enrichment: FieldResult[]) =>
  renderPage(() => <Enrichment lead={lead(...enrichment)} />, "/leads", "/leads", {});

test("what the website says is shown with the address of its page", async () => {
  const statements = ["Acme: Slate roofs since 1987.", "Ten roofers and their apprentices."];
  show(result("website", { value: { type: "website", address: "https://www.acme.example/", statements } }));
  expect((await screen.findByRole("link")).getAttribute("href")).toBe("https://www.acme.example/");
  const said = within(screen.getByRole("list", { name: "What the website says" }));
  expect(said.getAllByRole("listitem").map((item) => item.textContent)).toEqual(statements);
});

test("a website that was not read has its reason", async () => {
  show(
    result("website", {
      detail: "the site does not allow it: by its robots file",
      value: { type: "website", address: "acme.example", statements: [] },
    }),
  );
  expect(await screen.findByText("Not read: the site does not allow it: by its robots file.")).toBeTruthy();
  expect(screen.getByRole("link").getAttribute("href")).toBe("https://acme.example");
});

test("a website that is not there says why nothing was found", async () => {
  show(result("website", { status: "not_found", detail: "it answers 404" }));
  expect(await screen.findByText("nothing found: it answers 404")).toBeTruthy();
});

test("an opening line shows the facts that it rests on with number, source and date", async () => {
  const facts = [
    { number: 2, text: "Its line of business is Roofer.", source: "lead.category" },
    { number: 5, text: "What its website says about it: Slate roofs since 1987.", source: "website", at },
  ];
  show(result("first_line", { source: "chat_model", value: { type: "first_line", text: "Slate roofs.", facts } }));
  const list = within(await screen.findByRole("list", { name: "Facts of the opening line" }));
  const [first, second] = list.getAllByRole("listitem").map((item) => item.textContent);
  expect(screen.getByText("Rests on 2 facts:")).toBeTruthy();
  expect(first).toBe("2Its line of business is Roofer. This lead's category");
  expect(second).toMatch(/^5What its website says about it: Slate roofs since 1987. Website, \w/);
});

test("an opening line names the model and the prompt version that it was written with", async () => {
  const value = { type: "first_line" as const, text: "Slate roofs.", facts: [] };
  show(result("first_line", { source: "chat_model", value, written_with: { model: "small", prompt: "1.4" } }));
  expect(await screen.findByText(/^Written by small with prompt version 4, /)).toBeTruthy();
});

test("a default text rests on no facts and says why", async () => {
  const value = { type: "first_line" as const, text: "I came across Acme.", facts: [] };
  show(result("first_line", { source: "fallback", detail: "it has no website", value }));
  expect(await screen.findByText("Default text: it has no website.")).toBeTruthy();
  expect(screen.queryByText(/Rests on/)).toBeNull();
});

test("a lead is looked up again", async () => {
  const { sent } = renderPage(() => <LookUpAgain lead={lead()} />, "/leads", "/leads", {
    "POST /api/leads/lead_1/enrich": { queued: true },
  });
  fireEvent.click(await screen.findByRole("button", { name: "Look up again" }));
  expect(await screen.findByText("Looking up again. The results appear here")).toBeTruthy();
  expect(sent.some((request) => request.method === "POST")).toBe(true);
});

test("an opening line is written by hand in its place, and the one before comes back by undo", async () => {
  const value = { type: "first_line" as const, text: "Slate roofs.", facts: [] };
  const { sent } = renderPage(
    () => <Enrichment lead={lead(result("first_line", { source: "user", value }))} may />,
    "/leads",
    "/leads",
    { "PUT /api/leads/lead_1/opening-line": lead() },
  );
  fireEvent.click(await screen.findByRole("button", { name: "Edit" }));
  const area = screen.getByRole("textbox", { name: "Opening line" });
  fireEvent.change(area, { target: { value: "Your roofs last." } });
  fireEvent.keyDown(area, { key: "Enter" });
  await screen.findByText("Opening line saved");
  fireEvent.click(screen.getByRole("button", { name: /Undo/ }));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent.map((request) => request.body)).toEqual([{ text: "Your roofs last." }, { text: "Slate roofs." }]);
});

test("a lead without an opening line can have one written", async () => {
  renderPage(() => <Enrichment lead={lead()} may />, "/leads", "/leads", {});
  expect(await screen.findByRole("button", { name: "Have it written" })).toBeTruthy();
});
