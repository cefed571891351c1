import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { LeadRow } from "@/api/types";
import { civilDay } from "@/shared/lib/format";
import { renderPage } from "@/test-page";
import { DEFAULT_COLUMNS } from "../model";
import { ColumnsDialog } from "./columns-dialog";
import { FieldCell } from "./field-cell";

const FIELDS = {
  items: [
    { id: "field_1", key: "Seats", label: "Seats", kind: "number" },
    { id: "field_2", key: "Site", label: "Site", kind: "url" },
    { id: "field_3", key: "Ends", label: "Contract ends", kind: "date" },
    { id: "field_4", key: "Coach", label: "Coach", kind: "person" },
  ],
};
const ANSWERS = {
  "GET /api/fields": FIELDS,
  "GET /api/team": { items: [{ id: "user_1", name: "Maya", email: "maya@example.test", role: "rep" }] },
};

function open(columns: readonly string[]) {
  const onColumns = vi.fn();
  renderPage(
    () => (
      <ColumnsDialog
        columns={columns}
        where="Kept for you on this device."
        onColumns={onColumns}
        onClose={() => undefined}
      />
    ),
    "/leads",
    "/leads",
    { ...ANSWERS },
  );
  return onColumns;
}

const shown = () =>
  within(screen.getByRole("list", { name: "Fields shown" }))
    .getAllByRole("listitem")
    .map((item) => item.textContent);

test("columns are added, moved by buttons and removed, custom fields among them", async () => {
  const onColumns = open(["name", "company", "score"]);
  await screen.findByRole("dialog");
  fireEvent.click(await screen.findByLabelText("Seats"));
  fireEvent.click(screen.getByLabelText("Move Seats up"));
  fireEvent.click(screen.getByLabelText("Move Seats up"));
  fireEvent.click(screen.getByLabelText("Company"));
  expect(shown()).toEqual(["Name", "Seats", "Score"]);
  expect((screen.getByLabelText("Name") as HTMLInputElement).disabled).toBe(true);
  fireEvent.click(screen.getByRole("button", { name: "Show 3 fields" }));
  expect(onColumns).toHaveBeenCalledWith(["name", "custom.Seats", "score"]);
});

test("a column is dragged to the place of another", async () => {
  open(["name", "company", "score"]);
  await screen.findByRole("dialog");
  const [first, , last] = within(screen.getByRole("list", { name: "Fields shown" })).getAllByRole("listitem");
  const dataTransfer = { setData: vi.fn(), effectAllowed: "" };
  fireEvent.dragStart(last as HTMLElement, { dataTransfer });
  fireEvent.dragOver(first as HTMLElement, { dataTransfer });
  fireEvent.drop(first as HTMLElement, { dataTransfer });
  fireEvent.dragEnd(last as HTMLElement, { dataTransfer });
  expect(shown()).toEqual(["Score", "Name", "Company"]);
});

test("reset restores the usual columns, which are then no choice", async () => {
  const onColumns = open(["name"]);
  await screen.findByRole("dialog");
  fireEvent.click(screen.getByRole("button", { name: "Reset" }));
  expect(shown()).toHaveLength(DEFAULT_COLUMNS.length);
  fireEvent.click(screen.getByRole("button", { name: /^Show/ }));
  expect(onColumns).toHaveBeenCalledWith(undefined);
});

test("a column is found by its name", async () => {
  open(["name"]);
  await screen.findByLabelText("Seats");
  fireEvent.change(screen.getByLabelText("Find a field"), { target: { value: "contract" } });
  expect(screen.getByLabelText("Contract ends")).toBeTruthy();
  expect(screen.queryByLabelText("Seats")).toBeNull();
  fireEvent.change(screen.getByLabelText("Find a field"), { target: { value: "zzz" } });
  expect(screen.getByText("No field is named “zzz”.")).toBeTruthy();
});

const OWN: Record<string, string> = { tag: "tags", created: "created_at" };
const rowWith = (name: string, value: unknown) =>
  ({ [OWN[name] ?? name]: value, fields: { [name]: value } }) as Partial<LeadRow> as LeadRow;

test("values are shown as their kind is read", async () => {
  const now = Date.UTC(2026, 10, 17, 10, 42);
  const cells: [string, unknown, string][] = [
    ["custom.Seats", 1234.5, "1,234.5"],
    ["custom.Ends", "2026-12-24", civilDay("2026-12-24")],
    ["custom.Coach", "maya@example.test", "Maya"],
    ["custom.Site", "https://www.linden.example/", "linden.example"],
    ["tag", ["vip", "press"], "vip, press"],
    ["do_not_contact", true, "Yes"],
    ["country", "DE", "Germany"],
    ["owner", "user_1", "Maya"],
    ["created", "2026-11-16T10:42:00Z", "Yesterday"],
    ["temperature", "hot", "Hot"],
    ["rating", 4.8, "4.8"],
    ["website", undefined, "–"],
    ["tag", [], "–"],
  ];
  renderPage(
    () => (
      <ul>
        {cells.map(([name, value], i) => (
          <li key={i}>
            <FieldCell row={rowWith(name, value)} name={name} now={now} />
          </li>
        ))}
      </ul>
    ),
    "/leads",
    "/leads",
    { ...ANSWERS },
  );
  await screen.findAllByText("Maya");
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual(cells.map(([, , said]) => said));
  expect(screen.getByRole("link").getAttribute("href")).toBe("https://www.linden.example/");
});
