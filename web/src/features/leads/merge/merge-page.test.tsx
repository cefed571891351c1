import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { MergePage } from "./merge-page";

const AT = "/leads/merge";
const PREVIEW = "POST /api/leads/merge/preview";
const MERGE = "POST /api/leads/merge";
const open = (answers: Record<string, unknown>, role?: "rep" | "read_only", ids = "lead_1,lead_2,lead_3") =>
  renderPage(MergePage, AT, `${AT}?ids=${ids}`, answers, role);

const lead = (id: string, name: string) => ({
  ...{ id, name, company: "Quay", email: `${id}@quay.example`, phone: null, status: "new", owner: null },
  ...{ created_at: "2026-11-20T09:00:00Z", last_contacted_at: null, rev: 3 },
});
const LEADS = [lead("lead_1", "Ana Silva"), lead("lead_2", "A. Silva"), lead("lead_3", "Ana")];
const preview = {
  into: "lead_1",
  leads: LEADS,
  fields: [
    {
      field: "first_name",
      label: "First name",
      values: [
        { lead: "lead_1", value: "Ana" },
        { lead: "lead_2", value: "A." },
      ],
      chosen: "lead_1",
      differs: true,
      can_choose: true,
      result: "Ana",
    },
  ],
  united: [],
  ends: [],
  opted_out: [],
  do_not_contact: ["lead_3"],
  possible_opt_out: [],
};
const merged = { lead: LEADS[0], merged: ["lead_2", "lead_3"], ended: 0, undo_until: "2026-12-20T09:00:00Z", seen: [] };
const bodies = (sent: { path: string; body: object }[], path: string) =>
  sent.filter((request) => request.path === path).map((request) => request.body);

test("who is not contacted is told before the merge", async () => {
  open({ [PREVIEW]: preview });
  expect(await screen.findByText(/Ana is marked as do not\s+contact/)).toBeTruthy();
});

test("the merge sends what stays and each choice", async () => {
  const { sent } = open({ [PREVIEW]: preview, [MERGE]: merged });
  fireEvent.click(await screen.findByLabelText("A., First name of A. Silva"));
  fireEvent.click(screen.getByRole("button", { name: "Merge 3 leads" }));
  await waitFor(() =>
    expect(bodies(sent, "/api/leads/merge")).toEqual([
      { into: "lead_1", leads: ["lead_2", "lead_3"], choices: { first_name: "lead_2" } },
    ]),
  );
});

test("a refused merge says what to do and can be tried again", async () => {
  open({
    [PREVIEW]: preview,
    [MERGE]: refusal(409, {
      code: "too_many_merged",
      detail: "A lead can have at most 10 others merged into it. Merged before that: Ana.",
    }),
  });
  fireEvent.click(await screen.findByRole("button", { name: "Merge 3 leads" }));
  expect((await screen.findByRole("alert")).textContent).toContain(
    "Merged before that: Ana. Choose another lead that stays",
  );
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Merge 3 leads" }).disabled).toBe(false);
});

test("nothing is merged while the preview is that of another lead", async () => {
  const answers: Record<string, unknown> = { [PREVIEW]: preview };
  const { sent } = open(answers);
  const stays = await screen.findByLabelText("A. Silva stays");
  let answer = (_: object) => {};
  answers[PREVIEW] = new Promise((done) => {
    answer = done;
  });
  fireEvent.click(stays);
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Merge 3 leads" });
  await waitFor(() => expect(button.disabled).toBe(true));
  answer({ ...preview, into: "lead_2" });
  await waitFor(() => expect(button.disabled).toBe(false));
  expect(bodies(sent, "/api/leads/merge/preview").at(-1)).toEqual({
    leads: ["lead_1", "lead_2", "lead_3"],
    into: "lead_2",
  });
});

test("who may only read is asked to find a rep", async () => {
  const { sent } = open({ [PREVIEW]: preview }, "read_only");
  expect(await screen.findByText("Ask a rep to merge these leads.")).toBeTruthy();
  expect(sent.filter((request) => request.path.includes("merge"))).toEqual([]);
});
