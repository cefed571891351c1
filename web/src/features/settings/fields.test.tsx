import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import type { CustomField } from "@/app/shared-queries";
import { refusal, renderPage } from "@/test-page";
import {
  bodyOf,
  changesOf,
  checkField,
  draftOf,
  EMPTY_FIELD,
  kindWords,
  mergeName,
  moved,
  removedWords,
  renameWords,
} from "./fields";
import { FieldsSection } from "./fields-section";

const plan: CustomField = { id: "field_1", key: "Plan", label: "Tariff", kind: "choice", options: ["Gold", "Silver"] };
const seats: CustomField = { id: "field_2", key: "Seats", label: "Seats", kind: "number" };
const deal: CustomField = { id: "field_3", key: "Deal", label: "Deal", kind: "money", currency: "EUR" };

const open = (answers: Record<string, unknown>, role?: Schema["Role"]) =>
  renderPage(
    FieldsSection,
    "/settings/fields",
    "/settings/fields",
    { "GET /api/fields": { items: [plan, seats] }, ...answers },
    role,
  );

test("a field's dialog becomes the request, and back", () => {
  expect(bodyOf(draftOf(plan))).toEqual({ label: "Tariff", kind: "choice", options: ["Gold", "Silver"] });
  expect(bodyOf(draftOf(deal))).toEqual({ label: "Deal", kind: "money", currency: "EUR" });
  expect(bodyOf({ ...EMPTY_FIELD, label: " A ", options: "ignored" })).toEqual({ label: "A", kind: "text" });
  expect(checkField({ ...EMPTY_FIELD, kind: "choice" })).toEqual({
    label: "Enter a name.",
    options: "Enter at least one option.",
  });
  expect(checkField({ ...EMPTY_FIELD, label: "A", kind: "money", currency: "€" })).toHaveProperty("currency");
});

test("kinds and merge fields are told in words", () => {
  expect([plan, seats, deal].map(kindWords)).toEqual([
    "Choice: Gold, Silver",
    "Number",
    "Money, EUR unless an amount names another",
  ]);
  expect(mergeName(" Größe der Firma (m²)")).toBe("custom.größe_der_firma_m²".replace("²", "²"));
});

test("a field moves by one place and not past the ends", () => {
  expect(moved([plan, seats, deal], "field_2", -1)).toEqual(["field_2", "field_1", "field_3"]);
  expect(moved([plan, seats, deal], "field_3", 1)).toEqual(["field_1", "field_2", "field_3"]);
});

test("a field is added, and a refusal stands at its part", async () => {
  const { sent } = open({
    "POST /api/fields": refusal(422, {
      code: "invalid",
      title: "Invalid",
      errors: [{ field: "label", detail: "is taken by another field" }],
    }),
  });
  fireEvent.click(await screen.findByText("Add a field"));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Name"), { target: { value: "Seats" } });
  fireEvent.change(dialog.getByLabelText("Kind"), { target: { value: "choices" } });
  fireEvent.change(dialog.getByLabelText("Options"), { target: { value: "A\n\n B " } });
  fireEvent.click(dialog.getByText("Add field"));
  expect(await dialog.findByText(/is taken by another field/)).toBeTruthy();
  expect(sent.at(-1)?.body).toEqual({ label: "Seats", kind: "choices", options: ["A", "B"] });
});

test("a rep sees the fields and changes none", async () => {
  open({}, "rep");
  expect(await screen.findByText("Tariff")).toBeTruthy();
  expect(screen.queryByLabelText("Delete Tariff")).toBeNull();
  expect(screen.queryByText("Add a field")).toBeNull();
});

test("a renamed option is sent with its former name, and a removed one says how many leads have it", async () => {
  const counted = {
    options: [
      { option: "Gold", leads: 3 },
      { option: "Silver", leads: 12 },
    ],
    is_whole: true,
  };
  const { sent } = open({ "GET /api/fields/field_1/use": counted, "PATCH /api/fields/field_1": plan });
  fireEvent.click(await screen.findByLabelText("Change Tariff"));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Option 1"), { target: { value: " Premium " } });
  fireEvent.click(dialog.getByLabelText("Remove Silver"));
  expect(await dialog.findByText("12 leads have Silver, and keep it as text.")).toBeTruthy();
  fireEvent.click(dialog.getByText("Add an option"));
  fireEvent.change(dialog.getByLabelText("Option 2"), { target: { value: "Bronze" } });
  fireEvent.click(dialog.getByText("Save field"));
  await expect
    .poll(() => sent.find((one) => one.method === "PATCH")?.body)
    .toEqual({
      label: "Tariff",
      kind: "choice",
      options: ["Premium", "Bronze"],
      renamed_options: { Gold: "Premium" },
    });
});

test("a renaming that is going on shows how far it is", async () => {
  const rename = { field: "field_1", names: { Gold: "Premium" }, looked_at: 1200, changed: 31, started_at: "" };
  open({ "GET /api/fields/field_1/use": { options: [], is_whole: false, rename } });
  expect(await screen.findByText("Gold becomes Premium: 1,200 leads looked at, 31 changed.")).toBeTruthy();
  expect(renameWords({ ...rename, looked_at: 1 })).toContain("1 lead looked at");
});

test("counts of removed options say whether they are whole, and an unchanged field renames nothing", () => {
  expect(removedWords("Gold", { options: [{ option: "Gold", leads: 1 }], is_whole: false })).toBe(
    "At least 1 lead has Gold, and keeps it as text.",
  );
  expect(removedWords("Gold", { options: [], is_whole: true })).toBe("No lead has Gold.");
  expect(changesOf(draftOf(plan))).toEqual(bodyOf(draftOf(plan)));
});
