import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { useMergeLeads } from "./merging";

const MERGE = "POST /api/leads/merge";
const UNMERGE = "POST /api/leads/lead_1/unmerge";
const lead = (id: string, rev: number) => ({ id, name: "Ana Silva", rev });
const merged = { lead: lead("lead_1", 5), merged: ["lead_2", "lead_3"], ended: 0, seen: [] };

function Shown() {
  const merge = useMergeLeads();
  const body = { into: "lead_1", leads: ["lead_2", "lead_3"], choices: {} };
  return (
    <button type="button" onClick={() => merge.mutate(body)}>
      Merge
    </button>
  );
}
const open = (answers: Record<string, unknown>) => renderPage(Shown, "/leads", "/leads", answers);
const undone = (sent: { path: string; body: object }[]) =>
  sent.filter(({ path }) => path.endsWith("/unmerge")).map(({ body }) => body);

test("a merged lead's address shows the one that stays", async () => {
  const { cache } = open({ [MERGE]: merged });
  fireEvent.click(await screen.findByText("Merge"));
  expect(await screen.findByText("Merged 3 leads into Ana Silva")).toBeTruthy();
  expect(cache.getQueryData(["leads", "one", "lead_2"])).toMatchObject({ id: "lead_1" });
});

test("Undo parts the leads, the last one first, and each has its own page again", async () => {
  const answers: Record<string, unknown> = { [MERGE]: merged };
  const { sent, cache } = open(answers);
  fireEvent.click(await screen.findByText("Merge"));
  answers[UNMERGE] = { lead: lead("lead_1", 6), parted: lead("lead_3", 4), seen: [] };
  fireEvent.click(await screen.findByText("Undo"));
  await waitFor(() => expect(undone(sent)).toEqual([{ lead: "lead_3" }, { lead: "lead_2" }]));
  await waitFor(() => expect(cache.getQueryData(["leads", "one", "lead_3"])).toMatchObject({ id: "lead_3" }));
});

test("an undo that is refused keeps no other from being undone, and says what to do", async () => {
  const { sent } = open({
    [MERGE]: merged,
    [UNMERGE]: refusal(409, {
      code: "address_taken",
      detail: "Another lead has the address a@quay.example. Change it there first.",
    }),
  });
  fireEvent.click(await screen.findByText("Merge"));
  fireEvent.click(await screen.findByText("Undo"));
  expect(await screen.findByText(/Could not undo\. Another lead has the address a@quay\.example/)).toBeTruthy();
  expect(undone(sent)).toEqual([{ lead: "lead_3" }, { lead: "lead_2" }]);
});
