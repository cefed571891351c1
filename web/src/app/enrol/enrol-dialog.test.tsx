import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { EnrolDialog } from "./enrol-dialog";
import type { Whom } from "./queries";

const PATH = "POST /api/campaigns/campaign_1/enrolments";
const answer = (matched: number, skipped: string[]) => ({
  matched,
  looked_at: matched,
  enrolled: matched - skipped.length,
  won: 0,
  lost: 0,
  left_out: [...new Set(skipped)].map((reason) => ({ reason, people: skipped.filter((s) => s === reason).length })),
  skipped: skipped.map((reason, n) => ({
    lead_id: `lead_${n}`,
    reason,
    ...(reason === "missing_value" ? { lacks: "custom.deal" } : {}),
  })),
});
const dialog = (first: Whom, next?: Whom) =>
  function Page() {
    const [whom, setWhom] = useState(first);
    return (
      <>
        <button type="button" onClick={() => next && setWhom(next)}>
          Another
        </button>
        <EnrolDialog
          open
          onClose={() => undefined}
          count={"ids" in whom ? whom.ids.length : whom.expected_count - whom.except.length}
          whom={whom}
          campaign={{ id: "campaign_1", name: "Clinics" }}
        />
      </>
    );
  };

test("all but a few are named by the filter and those few, and looked at one answer after another", async () => {
  const whom = { filter: { q: "dental" }, except: ["lead_7"], expected_count: 5_000 };
  const part = (skipped: string[], looked_at: number, next_cursor?: string) => ({
    ...answer(4_999, skipped),
    looked_at,
    next_cursor,
  });
  const parts = [
    part(["suppressed"], 2_000, "c1"),
    part(["suppressed", "missing_value"], 1_500, "c2"),
    part(["missing_value"], 1_499),
  ];
  const { sent } = renderPage(dialog(whom), "/", "/", {
    get [PATH]() {
      return parts.shift();
    },
  });
  await screen.findByText("Of the first 2,000 of 4,999, 1 lead would be left out:");
  expect(sent.at(-1)?.body).toEqual({ ...whom, with_missing_values: false, check: true });
  const enrols = () => screen.getByRole("button", { name: /^Enrol/ }).textContent;
  expect(enrols()).toBe("Enrol up to 4,998 leads");
  fireEvent.click(screen.getByText("Check the other 2,999"));
  await screen.findByText("4 leads would be left out:");
  expect(enrols()).toBe("Enrol 4,995 leads");
  expect(screen.queryByText(/Check the other/)).toBeNull();
  expect(screen.getAllByRole("listitem").map((row) => row.textContent)).toEqual([
    "On the suppression list2",
    "Missing a value that a text needsCustom.deal 22",
  ]);
  expect(sent.map((s) => s.body.cursor)).toEqual([undefined, "c1", "c2"]);
});

test("who has bought or was given up goes in with a word of warning", async () => {
  renderPage(dialog({ ids: ["lead_1", "lead_2", "lead_3"] }), "/", "/", {
    [PATH]: { ...answer(3, []), won: 2, lost: 1 },
  });
  await screen.findByText("These include 2 already won, 1 marked as lost.");
  expect(screen.getByRole("button", { name: "Enrol 3 leads" })).toBeTruthy();
});

test("another lead is looked at anew", async () => {
  const answers: Record<string, unknown> = { [PATH]: answer(1, ["suppressed"]) };
  const { sent } = renderPage(dialog({ ids: ["lead_1"] }, { ids: ["lead_2"] }), "/", "/", answers);
  await screen.findByText("On the suppression list");
  expect((screen.getByText("No leads to enrol") as HTMLButtonElement).disabled).toBe(true);
  answers[PATH] = answer(1, []);
  fireEvent.click(screen.getByText("Another"));
  await screen.findByText("No one would be left out.");
  expect(sent.map((s) => s.body.lead_ids)).toEqual([["lead_1"], ["lead_2"]]);
});

test("that it could not be looked at is said, and does not keep anybody from enrolling", async () => {
  renderPage(dialog({ ids: ["lead_1"] }), "/", "/", {
    [PATH]: refusal(503, { code: "unavailable", detail: "Later." }),
  });
  expect((await screen.findByText(/Could not check who would be left out/)).textContent).toContain("Later.");
  expect((screen.getByText("Enrol 1 lead", { selector: "button" }) as HTMLButtonElement).disabled).toBe(false);
});

test("who lacks a value is told with the value, and enrolled only when that is said", async () => {
  const whom = { ids: ["lead_1", "lead_2"] };
  const answers: Record<string, unknown> = { [PATH]: answer(2, ["missing_value"]) };
  const { sent } = renderPage(dialog(whom), "/", "/", answers);
  const row = await screen.findByRole("listitem");
  expect(row.textContent).toBe("Missing a value that a text needsCustom.deal 11");
  answers[PATH] = answer(2, []);
  expect(screen.getByText("Enrol 1 lead", { selector: "button" })).toBeTruthy();
  fireEvent.click(screen.getByRole("switch", { name: /Also enrol leads with missing values/ }));
  await screen.findByText("No one would be left out.");
  expect(sent.map((s) => s.body.with_missing_values)).toEqual([false, true]);
  fireEvent.click(screen.getByText("Enrol 2 leads", { selector: "button" }));
  const enrolled = { lead_ids: whom.ids, with_missing_values: true };
  await vi.waitFor(() => expect(sent.map((s) => s.body)).toContainEqual(enrolled));
});
