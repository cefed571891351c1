import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import type { ImportView } from "./model";
import { ImportPage } from "./page";

const view = (asks: boolean) =>
  ({
    id: "import_1",
    file_name: "large.csv",
    state: "checked",
    columns: [
      { header: "email", samples: [], target: "email", fits: 3, of: 3 },
      { header: "Please do not disturb", samples: [], target: null, fits: 3, of: 3, opt_out_question: asks },
    ],
    options: { duplicates: "skip", enrich: true, values: { bad_values: "reject", spelling_chosen: false } },
    counts: { rows: 3, created: 3, updated: 0, duplicates: 0, rejected: 0, warnings: 0, suppressed: 0 },
  }) as unknown as ImportView;
const open = (asks: boolean) =>
  renderPage(ImportPage, "/import/$id", "/import/import_1", { "GET /api/imports/import_1": view(asks) });

test("an import waits where the check finds a column that may say who has opted out", async () => {
  open(true);
  expect(await screen.findByText(/“Please do not disturb” may say who has opted out/)).toBeTruthy();
  expect((screen.getByRole("button", { name: /Import 3 leads/ }) as HTMLButtonElement).disabled).toBe(true);
});

test("an import without such a question starts", async () => {
  open(false);
  const start = (await screen.findByRole("button", { name: /Import 3 leads/ })) as HTMLButtonElement;
  expect(start.disabled).toBe(false);
});
