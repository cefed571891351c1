import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { useDeleteLeads } from "./use-delete-leads";

function Shown() {
  const { deleteLeads } = useDeleteLeads();
  return (
    <>
      <button type="button" onClick={() => void deleteLeads({ ids: ["lead_1"] }, "Ana Silva")}>
        One
      </button>
      <button type="button" onClick={() => void deleteLeads({ ids: ["lead_1", "lead_2"] })}>
        Two
      </button>
    </>
  );
}
const open = (answers: Record<string, unknown>) => renderPage(Shown, "/leads", "/leads", answers);
const deleted = (ids: string[], skipped: string[] = []) => ({
  matched: ids.length + skipped.length,
  deleted: ids,
  skipped: skipped.map((lead_id) => ({ lead_id, reason: "no_such_lead" })),
  seen: [],
});

test("a deleted lead is named in the toast, and Undo restores it", async () => {
  const { sent } = open({
    "POST /api/leads/delete": deleted(["lead_1"]),
    "POST /api/leads/restore": { restored: ["lead_1"], skipped: [], seen: [] },
  });
  fireEvent.click(await screen.findByText("One"));
  expect(await screen.findByText("Deleted Ana Silva")).toBeTruthy();
  fireEvent.click(await screen.findByText("Undo"));
  await waitFor(() =>
    expect(sent.map(({ path, body }) => [path, body])).toEqual([
      ["/api/leads/delete", { ids: ["lead_1"] }],
      ["/api/leads/restore", { ids: ["lead_1"] }],
    ]),
  );
});

test("leads that were not deleted are told, and Undo restores only the others", async () => {
  const { sent } = open({
    "POST /api/leads/delete": deleted(["lead_2"], ["lead_1"]),
    "POST /api/leads/restore": { restored: [], skipped: [{ lead_id: "lead_2", reason: "busy" }], seen: [] },
  });
  fireEvent.click(await screen.findByText("Two"));
  expect(await screen.findByText("Deleted 1 lead, 1 left")).toBeTruthy();
  fireEvent.click(await screen.findByText("Undo"));
  expect(await screen.findByText("1 lead could not be restored")).toBeTruthy();
  expect(sent.at(-1)?.body).toEqual({ ids: ["lead_2"] });
});

test("a lead that is gone already is not said to be deleted", async () => {
  open({ "POST /api/leads/delete": deleted([], ["lead_1"]) });
  fireEvent.click(await screen.findByText("One"));
  expect(await screen.findByText("Ana Silva was not deleted")).toBeTruthy();
  expect(screen.queryByText("Undo")).toBeNull();
});
