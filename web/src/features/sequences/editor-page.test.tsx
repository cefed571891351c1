import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { listen } from "@/shared/lib/keyboard";
import { refusal, renderPage } from "@/test-page";
import { SequencePage } from "./editor-page";
import type { SequenceView, Step } from "./model";

const mail = (id: string, body = "Hello"): Step => ({
  id,
  delay: { amount: 0, unit: "minutes" },
  kind: "email",
  subject: "Two minutes?",
  body,
});
const view = (more: Partial<SequenceView> = {}): SequenceView => ({
  id: "sequence_1",
  name: "Clinics",
  version: 7,
  steps: [mail("step_1"), mail("step_2")],
  window: { weekdays: [1, 2], ranges: [{ start: 540, end: 1020 }] },
  archived: false,
  created_at: "2026-10-08T09:30:00Z",
  updated_at: "2026-11-17T10:42:00Z",
  rev: 9,
  ...more,
});
const GET = "GET /api/sequences/sequence_1";
const PATCH = "PATCH /api/sequences/sequence_1";
const DIFF = "POST /api/sequences/sequence_1/diff";
const NOBODY = { since: 7, version: 8, campaigns: 0, people: [], gone: [], diff: { steps: [], unchanged: false } };
const SOMEBODY = {
  ...NOBODY,
  campaigns: 1,
  gone: [mail("step_2")],
  people: [
    {
      campaign_id: "campaign_1",
      campaign_name: "Clinics",
      version: 7,
      step_id: "step_2",
      step: mail("step_2"),
      people: 12,
      gone: true,
    },
  ],
  diff: {
    unchanged: false,
    is_patch: false,
    window_changed: false,
    steps: [
      {
        id: "step_1",
        change: "same",
        from: 0,
        to: 0,
        moved: false,
        fields: [],
        before: mail("step_1"),
        after: mail("step_1"),
      },
      { id: "step_2", change: "removed", from: 1, moved: false, fields: [], before: mail("step_2") },
    ],
  },
};

/** The button stands in the bar, and below it on phones. */
const saveButton = () => screen.getAllByText(/^Save version/)[0] as HTMLElement;
const write = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

const open = async (answers: Record<string, unknown>, role?: Schema["Role"]) => {
  const page = renderPage(SequencePage, "/sequences/$id", "/sequences/sequence_1", answers, role);
  const name = (await screen.findByLabelText("Name")) as HTMLInputElement;
  return { ...page, name };
};

test("a save is made on the revision that was opened, and says so when somebody saved meanwhile", async () => {
  const answers: Record<string, unknown> = { [GET]: view(), [DIFF]: NOBODY };
  const { name, sent, cache } = await open(answers);
  write(name, "Clinics again");
  answers[GET] = view({ name: "Theirs", version: 8, rev: 10 });
  await cache.invalidateQueries();
  await screen.findByText("Someone else changed this.");
  expect(name.value).toBe("Clinics again");

  answers[PATCH] = refusal(409, { code: "changed_meanwhile", detail: "The sequence was changed meanwhile." });
  fireEvent.click(saveButton());
  await expect.poll(() => sent.filter((s) => s.method === "PATCH").length).toBe(1);
  await expect.poll(() => saveButton().getAttribute("aria-busy")).toBeNull();
  // The panel shows the message, so no toast does.
  expect(screen.queryByText("The sequence was changed meanwhile.")).toBeNull();
  expect(sent.filter((s) => s.method === "PATCH").map((s) => s.body.rev)).toEqual([9]);

  fireEvent.click(screen.getByText("Keep mine"));
  answers[PATCH] = view({ name: "Clinics again", version: 8, rev: 11 });
  fireEvent.click(saveButton());
  // A change of the name alone makes no new version.
  await screen.findByText("Saved");
  expect(sent.filter((s) => s.method === "PATCH").map((s) => s.body.rev)).toEqual([9, 10]);
});

test("what nobody has changed here follows what is saved elsewhere", async () => {
  const answers: Record<string, unknown> = { [GET]: view() };
  const { cache } = await open(answers);
  answers[GET] = view({ name: "Theirs", version: 8, rev: 10 });
  await cache.invalidateQueries();
  await screen.findByDisplayValue("Theirs");
  expect(screen.queryByText("Someone else changed this.")).toBeNull();
});

test("where removed steps lead is sent only with the choice that shows it", async () => {
  const answers: Record<string, unknown> = {
    [GET]: view(),
    [DIFF]: SOMEBODY,
    [PATCH]: view({ version: 8, rev: 10, name: "Clinics!" }),
    "POST /api/sequences/sequence_1/rollouts": { id: "rollout_1" },
  };
  const { name, sent } = await open(answers);
  write(name, "Clinics!");
  fireEvent.click(saveButton());
  fireEvent.click(await screen.findByText("Move them at their next step"));
  fireEvent.click(screen.getByText("Publish version 8"));
  await waitFor(() => expect(sent.at(-1)?.path).toMatch(/rollouts$/));
  expect(sent.at(-1)?.body).toEqual({ version: 8, people: "next_step", mapping: {} });
});

const versionOf = (version: number, steps: Step[], ranges: SequenceView["window"]["ranges"]) => ({
  version,
  steps,
  window: { weekdays: [1, 2], ranges },
  made_at: "2026-10-08T09:30:00Z",
  patches: [],
  under_way: 0,
});

test("removed follow-ups and the window's hours are told apart where people are moved", async () => {
  const follow = (id: string): Step => ({ ...mail(id), subject: "" }) as Step;
  const older = [mail("step_1"), follow("step_2"), follow("step_3")];
  const removed = (id: string, from: number) => ({
    id,
    change: "removed",
    from,
    moved: false,
    fields: [],
    before: older[from],
  });
  const diff = {
    ...SOMEBODY.diff,
    window_changed: true,
    steps: [SOMEBODY.diff.steps[0], removed("step_2", 1), removed("step_3", 2)],
  };
  const { name } = await open({
    [GET]: view({ steps: older, window: { weekdays: [1, 2], ranges: [{ start: 600, end: 1020 }] } }),
    [DIFF]: { ...SOMEBODY, diff, gone: [follow("step_2"), follow("step_3"), follow("step_0")] },
    "GET /api/sequences/sequence_1/versions": {
      items: [
        versionOf(7, older, [{ start: 540, end: 1020 }]),
        versionOf(6, [mail("step_1"), follow("step_0")], [{ start: 540, end: 1020 }]),
      ],
    },
  });
  write(name, "Clinics!");
  fireEvent.click(saveButton());
  fireEvent.click(await screen.findByText("Move them now"));
  await screen.findByLabelText("Step 2 of version 6, E-mail: Same thread");
  expect((screen.getByLabelText("Step 2, E-mail: Same thread") as HTMLSelectElement).value).toBe("exit");
  screen.getByLabelText("Step 3, E-mail: Same thread");
  const window = screen.getByText("The sending window").closest("li") as HTMLElement;
  expect(window.querySelector("del")?.textContent).toContain("Mon, Tue 09:00–17:00");
  expect(window.querySelector("ins")?.textContent).toContain("Mon, Tue 10:00–17:00");
});

test("who may not publish a version is not offered to", async () => {
  const versions = { items: [versionOf(7, [mail("step_1")], [])] };
  for (const [role, offered] of [
    ["rep", 1],
    ["read_only", 0],
  ] as const) {
    await open({ [GET]: view(), "GET /api/sequences/sequence_1/versions": versions }, role);
    fireEvent.click(screen.getAllByText("Versions")[0] as HTMLElement);
    await screen.findByText("Version 7");
    expect(screen.queryAllByLabelText("Publish version 7").length).toBe(offered);
    cleanup();
  }
});

test("who lacks a value of the new texts is told where the choice brings them there", async () => {
  const missingValues = { looked_at: 12, more: false, people: 3, fields: { city: 1, "custom.deal": 2 } };
  const { name, sent } = await open({ [GET]: view(), [DIFF]: { ...SOMEBODY, missing_values: missingValues } });
  write(name, "Clinics!");
  fireEvent.click(saveButton());
  await screen.findByText("Publish version 8");
  const told = "3 leads are missing a value that a text needs. They are held at that step until you fill it in:";
  expect(screen.queryByText(told)).toBeNull();
  fireEvent.click(screen.getByText("Move them now"));
  await screen.findByText(told);
  await screen.findByText("Custom.deal 2, City 1");
  expect(sent.find((s) => s.path.endsWith("/diff"))?.body.missing_values).toBe(true);
});

test("what stands against a save is told even where no field shows it", async () => {
  const { name } = await open({
    [GET]: view(),
    [DIFF]: refusal(422, {
      code: "invalid_value",
      detail: "steps[1].goal: is unknown",
      errors: [{ field: "steps[1].goal", detail: "is unknown" }],
    }),
  });
  write(name, "Clinics!");
  fireEvent.click(screen.getAllByText("Preview")[0] as HTMLElement);
  fireEvent.click(saveButton());
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("Step 2: is unknown");
});

test("a page with unsaved changes is not left without a question", async () => {
  const { name, go } = await open({ [GET]: view() });
  write(name, "Clinics!");
  go("/elsewhere");
  const dialog = await screen.findByRole("dialog", { name: "Leave without saving?" });
  fireEvent.click(within(dialog).getByText("Stay here"));
  expect((screen.getByLabelText("Name") as HTMLInputElement).value).toBe("Clinics!");
  go("/elsewhere");
  fireEvent.click(await screen.findByText("Leave without saving"));
  await screen.findByText("Elsewhere");
});

test("the key saves once, and not where nothing was changed or the question stands already", async () => {
  const off = listen();
  const { name, sent } = await open({ [GET]: view(), [DIFF]: SOMEBODY });
  const press = (repeat = false) => fireEvent.keyDown(window, { key: "s", ctrlKey: true, repeat });
  press();
  write(name, "Clinics!");
  press();
  press(true);
  await screen.findByText("Publish version 8");
  press();
  off();
  expect(sent.filter((s) => s.method !== "GET").map((s) => s.path)).toEqual(["/api/sequences/sequence_1/diff"]);
});

test("a publish dialog opens without what went wrong in the one before", async () => {
  const answers: Record<string, unknown> = {
    [GET]: view(),
    [DIFF]: SOMEBODY,
    [PATCH]: refusal(422, { code: "invalid_value", detail: "No", errors: [{ field: "version", detail: "too many" }] }),
  };
  const { name } = await open(answers);
  write(name, "Clinics!");
  fireEvent.click(saveButton());
  fireEvent.click(await screen.findByText("Publish version 8"));
  await screen.findByText("Version: too many");
  fireEvent.click(screen.getByText("Cancel"));
  fireEvent.click(saveButton());
  await screen.findByText("Publish version 8");
  expect(screen.queryByText("Version: too many")).toBeNull();
});

test("what was changed before somebody else saved is told so when it is here again", async () => {
  const answers: Record<string, unknown> = { [GET]: view() };
  const { name } = await open(answers);
  write(name, "Clinics!");
  cleanup();
  answers[GET] = view({ name: "Theirs", version: 8, rev: 10 });
  const again = await open(answers);
  await screen.findByText("Someone else changed this.");
  expect(again.name.value).toBe("Clinics!");
  fireEvent.click(screen.getByText("Discard"));
  await screen.findByDisplayValue("Theirs");
  expect(screen.queryByText("Someone else changed this.")).toBeNull();
});

test("it is archived once that is asked, and where campaigns use it they are named", async () => {
  const DELETE = "DELETE /api/sequences/sequence_1";
  const named = ["“Clinics, autumn”, 40 active leads", "“Opticians, spring”, no active leads"];
  const used = `2 campaigns still use it: ${named.join("; ")}. Complete or archive them first.`;
  const errors = named.map((detail, i) => ({ field: `campaign_${i}`, detail }));
  const answers: Record<string, unknown> = {
    [GET]: view(),
    [DELETE]: refusal(409, { code: "sequence_in_use", detail: used, errors }),
  };
  const { sent } = await open(answers, "manager");
  fireEvent.click(screen.getAllByText("Archive")[0] as HTMLElement);
  const dialog = within(await screen.findByRole("dialog", { name: "Archive Clinics?" }));
  expect(dialog.getByText(/Complete or archive the campaigns that use it first/)).toBeTruthy();
  fireEvent.click(dialog.getByText("Archive"));
  expect((await dialog.findByRole("alert")).textContent).toBe(used);

  answers[DELETE] = view({ archived: true });
  fireEvent.click(dialog.getByText("Archive"));
  await screen.findByText("Archived: no new campaign can use it");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(sent.filter((s) => s.method === "DELETE").length).toBe(2);
});

test("who may only read sees the steps and can change nothing", async () => {
  const { name } = await open({ [GET]: view() }, "read_only");
  fireEvent.click(screen.getAllByText("Two minutes?")[0] as HTMLElement);
  expect(screen.getByText("Ask a rep to change this.")).toBeTruthy();
  for (const field of [name, screen.getByLabelText("Kind of step 1"), screen.getByText("Mon")])
    expect(field.closest("fieldset[disabled]")).toBeTruthy();
  for (const word of ["Add step", "Archive", "Clone"]) expect(screen.queryByText(word)).toBeNull();
});
