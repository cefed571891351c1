import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import type { ImportView } from "./model";
import { aboveWords, Reading } from "./reading";

const view = (format: object) =>
  ({
    id: "import_1",
    format: { format: "csv", delimiter: ";", header: true, ...format },
    columns: [],
  }) as unknown as ImportView;
const open = (format: object, answers: Record<string, unknown> = {}) =>
  renderPage(() => <Reading view={view(format)} may />, "/import", "/import", answers);
const UNSURE = { encoding: "koi8-r", encoding_sure: false, lines_above: 0 };

test("a guessed encoding is named as a guess, and another one is chosen", async () => {
  const { sent } = open(UNSURE, { "POST /api/imports/import_1/detect": view({}) });
  expect(await screen.findByText(/It is read as Cyrillic \(KOI8-R\)/)).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Text encoding"), { target: { value: "windows-1251" } });
  await expect.poll(() => sent.map((one) => one.query)).toEqual(["?force=true&encoding=windows-1251"]);
});

test("a refused choice is told where it was made", async () => {
  open(UNSURE, {
    "POST /api/imports/import_1/detect": refusal(422, { code: "invalid_value", detail: "the file is empty" }),
  });
  fireEvent.change(await screen.findByLabelText("Text encoding"), { target: { value: "utf-16le" } });
  expect(await screen.findByText(/the file is empty/)).toBeTruthy();
});

test("lines above the header are named, and a certain encoding asks nothing", async () => {
  open({ encoding: "utf-8", encoding_sure: true, lines_above: 3 });
  expect(await screen.findByText(aboveWords(3))).toBeTruthy();
  expect(screen.queryByText(/does not say/)).toBeNull();
  expect(aboveWords(1)).toBe("Line 1 stands above the header and is not imported.");
});
