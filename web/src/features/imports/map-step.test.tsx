import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import type { Column, ImportView } from "./model";
import { ImportPage } from "./page";

const HEADERS = ["email", "Town", "Role"];
const view = (...targets: Column["target"][]) =>
  ({
    id: "import_1",
    file_name: "people.csv",
    state: "mapped",
    columns: HEADERS.map((header, i) => ({ header, samples: [], target: targets[i], fits: 3, of: 3 })),
    options: { duplicates: "skip", enrich: true, values: { bad_values: "reject", spelling_chosen: false } },
    counts: { rows: 3, created: 0, updated: 0, duplicates: 0, rejected: 0, warnings: 0, suppressed: 0 },
  }) as unknown as ImportView;

/** Opens the mapping; a save waits until it is answered. */
const open = async () => {
  const answers: ((view: ImportView) => void)[] = [];
  const { sent } = renderPage(ImportPage, "/import/$id", "/import/import_1", {
    "GET /api/imports/import_1": view("email", "ignore", "ignore"),
    get "PATCH /api/imports/import_1"() {
      return new Promise((done) => answers.push(done));
    },
  });
  await screen.findByText("Town");
  const select = (header: string) => screen.getByLabelText<HTMLSelectElement>(`${header} maps to`);
  const saves = () => sent.filter(({ method }) => method === "PATCH");
  const targets = (at: number) => (saves()[at]?.body.columns as Column[] | undefined)?.map((c) => c.target);
  const choose = (header: string, value: string) => fireEvent.change(select(header), { target: { value } });
  return { answers, select, choose, saves, targets };
};

test("a column that is chosen while another's save is on its way stays, and is saved after it", async () => {
  const { answers, select, choose, saves, targets } = await open();
  choose("Town", "city");
  await waitFor(() => expect(answers).toHaveLength(1));
  choose("Role", "job_title");
  expect(saves()).toHaveLength(1);
  answers[0]?.(view("email", "city", "ignore"));
  await waitFor(() => expect(answers).toHaveLength(2));
  expect(select("Role").value).toBe("job_title");
  expect([targets(0), targets(1)]).toEqual([
    ["email", "city", "ignore"],
    ["email", "city", "job_title"],
  ]);
});

test("a choice that cannot be saved yet outlives the answer to the save before", async () => {
  const { answers, select, choose, saves, targets } = await open();
  choose("Town", "city");
  await waitFor(() => expect(answers).toHaveLength(1));
  choose("Role", "city");
  expect(screen.getByText(/is chosen for more than one column/)).toBeTruthy();
  const answer = view("email", "city", "ignore");
  answers[0]?.({ ...answer, counts: { ...answer.counts, rows: 4 } });
  await screen.findByText("Check 4 rows");
  choose("Town", "country");
  await waitFor(() => expect(saves()).toHaveLength(2));
  expect(select("Role").value).toBe("city");
  expect(targets(1)).toEqual(["email", "country", "city"]);
});

test("what the server says of a column is shown once its save is answered", async () => {
  const { answers, select, choose } = await open();
  choose("Town", "city");
  await waitFor(() => expect(answers).toHaveLength(1));
  answers[0]?.(view("email", "country", "ignore"));
  await waitFor(() => expect(select("Town").value).toBe("country"));
});
