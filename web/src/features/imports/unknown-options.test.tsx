import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import type { ImportView } from "./model";
import { ImportPage } from "./page";

const column = (more: object) => ({
  header: "Plan",
  samples: ["Gold"],
  target: null,
  field: "Plan",
  fits: 1,
  of: 3,
  ...more,
});
const view = (state: string, plan: object) =>
  ({
    id: "import_1",
    file_name: "typed.csv",
    state,
    columns: [{ header: "email", samples: [], target: "email", fits: 3, of: 3 }, column(plan)],
    options: { duplicates: "skip", enrich: true, values: { bad_values: "reject", spelling_chosen: false } },
    counts: { rows: 3, created: 1, updated: 0, duplicates: 0, rejected: 2, warnings: 0, suppressed: 0 },
  }) as unknown as ImportView;
const UNKNOWN = {
  unknown_options: [
    { option: "Platinum", rows: 2 },
    { option: "Gld", rows: 1 },
  ],
};
const open = (answers: Record<string, unknown>) =>
  renderPage(ImportPage, "/import/$id", "/import/import_1", {
    "GET /api/imports/import_1": view("checked", UNKNOWN),
    ...answers,
  });

test("unknown options are told with their rows, and those that are chosen are added before a new check", async () => {
  const { sent } = open({
    "PATCH /api/imports/import_1": view("mapped", { add_options: ["Platinum"] }),
    "POST /api/imports/import_1/check": view("checked", {
      add_options: ["Platinum"],
      unknown_options: [{ option: "Gld", rows: 1 }],
    }),
  });
  const section = within(await screen.findByRole("region", { name: "Options" }));
  expect(section.getByText("2 rows")).toBeTruthy();
  expect(section.getByText(/are rejected/)).toBeTruthy();
  fireEvent.click(section.getByLabelText("Add Gld"));
  fireEvent.click(section.getByText("Add 1 option and check again"));
  expect(await screen.findByText(/The import adds Platinum/)).toBeTruthy();
  const patch = sent.find((one) => one.method === "PATCH");
  expect(patch?.body).toEqual({ columns: [{ header: "Plan", field: "Plan", add_options: ["Platinum"] }] });
});

test("a refused option is told where it was chosen", async () => {
  open({
    "PATCH /api/imports/import_1": refusal(422, { code: "invalid_value", detail: "the new options are more than 200" }),
  });
  const section = within(await screen.findByRole("region", { name: "Options" }));
  fireEvent.click(section.getByText("Add 2 options and check again"));
  expect(await section.findByText(/are more than 200/)).toBeTruthy();
});
