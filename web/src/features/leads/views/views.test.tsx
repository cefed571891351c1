import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeAll, expect, test } from "vitest";
import type { SavedView, Schema } from "@/api/types";
import { listen } from "@/shared/lib/keyboard";
import { refusal, renderPage } from "@/test-page";
// Loaded with the first toast and when first opened: not in a test's time.
import "@/shared/ui/toast-list";
import "@/shared/ui/floating";
import "./save-view";
import "./view-menu";
import "../list-dialog";
import "@/app/rule/rule-chip";
import { LeadsPage } from "../page";

const RULE = { any: [{ if: { field: "city", is: ["Bonn"] } }] };
const view = (id: string, more: Partial<SavedView> = {}): SavedView => ({
  id,
  name: "Bonn, new",
  shared: false,
  owner: "user_1",
  position: 2,
  filter: { q: null, status: ["new"], rule: RULE },
  segment: null,
  sort: "company",
  order: "asc",
  columns: ["name", "job_title"],
  created_at: "2026-11-17T10:42:00Z",
  updated_at: "2026-11-17T10:42:00Z",
  rev: 3,
  ...more,
});

const LEADS = { items: [], total: 0 };
const open = (at: string, answers: Record<string, unknown>, role?: Schema["Role"]) =>
  renderPage(
    LeadsPage,
    "/leads",
    at,
    Object.assign(answers, {
      "GET /api/leads": answers["GET /api/leads"] ?? LEADS,
      "GET /api/views": answers["GET /api/views"] ?? { items: [view("view_1")] },
    }),
    role,
  );

const lists = (sent: { path: string; query: string; method: string }[]) =>
  sent
    .filter(({ path, method }) => method === "GET" && path === "/api/leads")
    .map(({ query }) => Object.fromEntries(new URLSearchParams(query)));
const bodies = (sent: { method: string; path: string; body: object }[], method: string) =>
  sent.filter((s) => s.method === method && s.path.startsWith("/api/views")).map((s) => s.body);

beforeAll(() => listen());

test("an address with a view alone asks for what the view holds, and for nothing else before", async () => {
  const { sent } = open("/leads?view=view_1", {});
  await screen.findByText("No leads match these filters");
  expect(lists(sent)).toEqual([
    {
      status: "new",
      rule: JSON.stringify(RULE),
      sort: "company",
      order: "asc",
      columns: "name,job_title",
      limit: "100",
    },
  ]);
  const tab = screen.getByRole("button", { name: /^Bonn, new/ });
  expect(tab.getAttribute("aria-current")).toBe("page");
  expect(await screen.findByText("City is Bonn")).toBeTruthy();
  expect(screen.queryByText("Save changes")).toBeNull();
});

test("a view that is gone shows no leads, and says so", async () => {
  const { sent } = open("/leads?view=view_9", {});
  expect(await screen.findByText("There is no such view")).toBeTruthy();
  expect(lists(sent)).toEqual([]);
});

test("a segment that is gone selects nobody, and the page says why", async () => {
  const refused = refusal(422, {
    code: "invalid",
    errors: [{ field: "query.segment", detail: "does not exist; it may have been deleted" }],
  });
  open("/leads?f=segment:segment_9", { "GET /api/leads": refused });
  expect(await screen.findByText("These filters do not work")).toBeTruthy();
  expect(await screen.findByText("The segment does not exist; it may have been deleted.")).toBeTruthy();
  expect(await screen.findByText("a deleted segment")).toBeTruthy();
});

test("a changed view is saved on its revision, and undo restores what it held", async () => {
  const { sent } = open("/leads?view=view_1", {
    "PATCH /api/views/view_1": view("view_1", { filter: { status: [], rule: RULE }, rev: 4 }),
  });
  fireEvent.click(await screen.findByLabelText("Remove filter Stage New"));
  fireEvent.click(await screen.findByText("Save changes"));
  fireEvent.click(await screen.findByText("Undo"));
  await waitFor(() => expect(bodies(sent, "PATCH")).toHaveLength(2));
  const [saved, undone] = bodies(sent, "PATCH");
  expect(saved).toMatchObject({
    rev: 3,
    filter: { status: [], rule: RULE },
    segment: null,
    sort: "company",
    order: "asc",
    columns: ["name", "job_title"],
  });
  expect(undone).toMatchObject({ rev: 4, filter: { status: ["new"], rule: RULE } });
});

test("the last filter of a view can be removed, and Reset brings it back", async () => {
  const plain = view("view_1", { filter: { status: ["new"] }, sort: null, order: null, columns: [] });
  const { sent } = open("/leads?view=view_1", { "GET /api/views": { items: [plain] } });
  fireEvent.click(await screen.findByLabelText("Remove filter Stage New"));
  await screen.findByText("Reset");
  await waitFor(() => expect(lists(sent).at(-1)).not.toHaveProperty("status"));
  fireEvent.click(screen.getByText("Reset"));
  expect(await screen.findByLabelText("Remove filter Stage New")).toBeTruthy();
  expect(screen.queryByText("Reset")).toBeNull();
});

test("a list is saved as a view with its name, filters, order and columns", async () => {
  const { sent } = open("/leads?f=status:won&sort=-updated&cols=name,custom.Seats", {
    "POST /api/views": view("view_2", { name: "Won" }),
  });
  fireEvent.click(await screen.findByLabelText("Save as a view"));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.click(dialog.getByRole("button", { name: "Save view" }));
  expect(dialog.getByText("Enter a name.")).toBeTruthy();
  fireEvent.change(dialog.getByLabelText("Name"), { target: { value: "Won ones" } });
  fireEvent.click(dialog.getByRole("switch"));
  fireEvent.click(dialog.getByRole("button", { name: "Save view" }));
  await waitFor(() => expect(bodies(sent, "POST")).toHaveLength(1));
  expect(bodies(sent, "POST")[0]).toMatchObject({
    name: "Won ones",
    shared: true,
    filter: { status: ["won"] },
    segment: null,
    sort: "updated",
    order: "desc",
    columns: ["name", "custom.Seats"],
  });
});

async function choose(item: string) {
  fireEvent.click(await screen.findByLabelText("Actions on Bonn, new"));
  fireEvent.click(await screen.findByRole("menuitem", { name: item }));
}

test("a deleted view comes back by undo with all that it held", async () => {
  const { sent } = open("/leads?view=view_1", {
    "DELETE /api/views/view_1": new Response(null, { status: 204 }),
    "POST /api/views": view("view_2"),
  });
  await choose("Delete");
  fireEvent.click(await screen.findByText("Undo"));
  await waitFor(() => expect(bodies(sent, "POST")).toHaveLength(1));
  const { name, shared, position, filter, segment, sort, order, columns } = view("view_1");
  expect(bodies(sent, "POST")[0]).toEqual({ name, shared, position, filter, segment, sort, order, columns });
});

test("a view is shared and renamed", async () => {
  const { sent } = open("/leads?view=view_1", { "PATCH /api/views/view_1": view("view_1", { rev: 4 }) });
  await choose("Share with everyone");
  await waitFor(() => expect(bodies(sent, "PATCH")).toEqual([{ shared: true, rev: 3 }]));
  await choose("Rename");
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Name"), { target: { value: "Bonn" } });
  fireEvent.click(dialog.getByRole("button", { name: "Rename view" }));
  await waitFor(() => expect(bodies(sent, "PATCH")[1]).toMatchObject({ name: "Bonn" }));
});

test("a colleague's shared view is changed by admins alone, who cannot make it private", async () => {
  const theirs = { "GET /api/views": { items: [view("view_1", { owner: "user_2", shared: true })] } };
  open("/leads?view=view_1", { ...theirs }, "rep");
  await screen.findByText("No leads match these filters");
  expect(screen.queryByLabelText("Actions on Bonn, new")).toBeNull();
});

test("an admin renames a colleague's shared view and does not take it from the others", async () => {
  open(
    "/leads?view=view_1",
    { "GET /api/views": { items: [view("view_1", { owner: "user_2", shared: true })] } },
    "admin",
  );
  fireEvent.click(await screen.findByLabelText("Actions on Bonn, new"));
  expect((await screen.findAllByRole("menuitem")).map((item) => item.textContent)).toEqual(["Rename", "Delete"]);
});

test("a saved view has the number key of its place", async () => {
  const { sent } = open("/leads", {});
  await screen.findByRole("button", { name: /^Bonn, new/ });
  fireEvent.keyDown(document.body, { key: "7" });
  await waitFor(() => expect(lists(sent).at(-1)).toMatchObject({ sort: "company", status: "new" }));
});

test("the user's own columns are kept on this device and asked for", async () => {
  localStorage.setItem("leadflow.columns.user_1", "name,website");
  const { sent } = open("/leads", {});
  await screen.findByText("No leads yet");
  expect(lists(sent)[0]).toMatchObject({ columns: "name,website" });
});
