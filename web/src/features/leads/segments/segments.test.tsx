import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Schema, SegmentView } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
// Loaded with the first toast and the first dialog: not in a test's time.
import "@/shared/ui/toast-list";
import "./segment-dialog";
import { copyName } from "./moves";
import { SegmentsPage } from "./segments-page";

/** Every row is in view. */
beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(private seen: (entries: { isIntersecting: boolean }[]) => void) {}
      observe = () => this.seen([{ isIntersecting: true }]);
      disconnect = () => undefined;
    },
  );
});

const segment = (id: string, name: string): SegmentView => ({
  id,
  name,
  rule: { all: [{ if: { field: "country", is: ["DE"] } }] },
  by: "user_1",
  created_at: "2026-11-17T10:42:00Z",
  updated_at: "2026-11-17T10:42:00Z",
  rev: 4,
});
const germany = segment("segment_1", "Germany");

const open = (answers: Record<string, unknown>, role?: Schema["Role"]) =>
  renderPage(
    SegmentsPage,
    "/segments",
    "/segments",
    Object.assign(answers, {
      "GET /api/segments": answers["GET /api/segments"] ?? { items: [germany] },
      "POST /api/segments/count": { total: 38, sample: [] },
    }),
    role,
  );

const bodies = (sent: { method: string; path: string; body: object }[], method: string, path: string) =>
  sent.filter((s) => s.method === method && s.path === path).map((s) => s.body);

test("each segment has its rule in words and its number of leads, and opens as a list", async () => {
  const { sent } = open({});
  const row = within(await screen.findByRole("listitem"));
  expect(await row.findByText("Country is Germany")).toBeTruthy();
  expect(await row.findByText("38 leads")).toBeTruthy();
  expect(bodies(sent, "POST", "/api/segments/count")).toEqual([{ segment: "segment_1" }]);
  expect(row.getByText("Germany").getAttribute("href")).toBe("/leads?f=segment%3Asegment_1");
});

test("a segment is made, and a name that is taken stands at its field", async () => {
  const { sent } = open({
    "GET /api/segments": { items: [] },
    "POST /api/segments": refusal(422, {
      code: "invalid",
      title: "Invalid",
      errors: [
        { field: "name", detail: "is taken by another segment" },
        { field: "rule.all[0]", detail: "has more than 100 values" },
      ],
    }),
  });
  expect(await screen.findByText("No segments yet")).toBeTruthy();
  fireEvent.click(screen.getAllByText("New segment")[0] as HTMLElement);
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByLabelText("Field of condition 1");
  fireEvent.click(dialog.getByRole("button", { name: "Save segment" }));
  expect(dialog.getByText("Enter a name.")).toBeTruthy();
  expect(dialog.getByText("Choose at least one.")).toBeTruthy();
  fireEvent.change(dialog.getByLabelText("Name"), { target: { value: " Hot " } });
  fireEvent.click(dialog.getByLabelText("New"));
  fireEvent.click(dialog.getByRole("button", { name: "Save segment" }));
  expect(await dialog.findByText("is taken by another segment")).toBeTruthy();
  expect(dialog.getByText("has more than 100 values")).toBeTruthy();
  expect(bodies(sent, "POST", "/api/segments")).toEqual([
    { name: "Hot", rule: { all: [{ if: { field: "status", is: ["new"] } }] } },
  ]);
});

test("a change names the revision that was read, and undo restores the former rule", async () => {
  const { sent } = open({ "PATCH /api/segments/segment_1": { ...germany, name: "Deutschland", rev: 5 } });
  fireEvent.click(await screen.findByLabelText("Edit Germany"));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByLabelText("Field of condition 1");
  fireEvent.change(dialog.getByLabelText("Name"), { target: { value: "Deutschland" } });
  fireEvent.click(dialog.getByRole("button", { name: "Save changes" }));
  fireEvent.click(await screen.findByText("Undo"));
  await waitFor(() =>
    expect(bodies(sent, "PATCH", "/api/segments/segment_1")).toEqual([
      { name: "Deutschland", rule: germany.rule, rev: 4 },
      { name: "Germany", rule: germany.rule, rev: 5 },
    ]),
  );
});

test("a segment in use is not deleted, and the page says by what it is used", async () => {
  open({
    "DELETE /api/segments/segment_1": refusal(409, {
      code: "in_use",
      detail: "The view Hot in Germany and the auto-enrol of Clinics use this segment.",
    }),
  });
  fireEvent.click(await screen.findByLabelText("Delete Germany"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/auto-enrol of Clinics/)).toBeTruthy();
  expect(dialog.getByText("Germany is in use")).toBeTruthy();
});

test("a deleted segment comes back by undo, and a copy has a name of its own", async () => {
  const { sent } = open({
    "DELETE /api/segments/segment_1": new Response(null, { status: 204 }),
    "POST /api/segments": segment("segment_2", "Germany, copy"),
  });
  fireEvent.click(await screen.findByLabelText("Delete Germany"));
  fireEvent.click(await screen.findByText("Undo"));
  await waitFor(() => expect(bodies(sent, "POST", "/api/segments")).toEqual([{ name: "Germany", rule: germany.rule }]));
  fireEvent.click(await screen.findByLabelText("Duplicate Germany"));
  await waitFor(() =>
    expect(bodies(sent, "POST", "/api/segments")[1]).toEqual({ name: "Germany, copy", rule: germany.rule }),
  );
  expect(copyName("Germany", [germany, { name: "germany, COPY" }])).toBe("Germany, copy 2");
  expect(copyName("a".repeat(80), [])).toHaveLength(80);
});

test("who may only read sees the segments and changes none", async () => {
  open({}, "read_only");
  expect(await screen.findByText("Country is Germany")).toBeTruthy();
  expect(screen.queryByText("New segment")).toBeNull();
  expect(screen.queryByLabelText("Edit Germany")).toBeNull();
});
