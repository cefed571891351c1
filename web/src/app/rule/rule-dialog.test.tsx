import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { SegmentRule } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
import { RuleDialog } from "./rule-dialog";

const COUNT = "POST /api/segments/count";
const FIELDS = {
  items: [
    { id: "field_1", key: "Seats", label: "Seats", kind: "number" },
    { id: "field_2", key: "Plan", label: "Tariff", kind: "choice", options: ["Gold", "Silver"] },
  ],
};
const counted = (total: number, names: string[] = []) => ({
  total,
  sample: names.map((name, i) => ({ id: `lead_${i}`, name, company: null, score: 50, temperature: "warm" })),
});

function open(rule: SegmentRule | undefined, answers: Record<string, unknown>, mayMake = true) {
  const onShow = vi.fn();
  const onSegment = vi.fn();
  const page = renderPage(
    () => (
      <RuleDialog
        rule={rule}
        within={{ q: "dental" }}
        mayMake={mayMake}
        onShow={onShow}
        onSegment={onSegment}
        onClose={() => undefined}
      />
    ),
    "/leads",
    "/leads",
    Object.assign(answers, {
      "GET /api/fields": FIELDS,
      "GET /api/team": { items: [{ id: "user_1", name: "Maya", email: "maya@example.test", role: "rep" }] },
    }),
  );
  return { ...page, onShow, onSegment };
}

const asked = (sent: { path: string; body: Record<string, unknown> }[]) =>
  sent.filter(({ path }) => path.endsWith("/count")).map(({ body }) => body);

test("a rule is built, counted within the list's filters, told in words, and shown", async () => {
  const { sent, onShow } = open(undefined, { [COUNT]: counted(212, ["Elena Marsh"]) });
  const dialog = within(await screen.findByRole("dialog"));
  expect(await dialog.findByText("Complete the conditions to count the leads.")).toBeTruthy();
  fireEvent.click(dialog.getByLabelText("New"));
  fireEvent.click(dialog.getByLabelText("Won"));
  expect(await dialog.findByText("212 leads")).toBeTruthy();
  expect(dialog.getByText("Elena Marsh")).toBeTruthy();
  expect(dialog.getByText("Stage is one of New, Won")).toBeTruthy();
  const rule = { all: [{ if: { field: "status", is: ["new", "won"] } }] };
  expect(asked(sent)).toEqual([{ rule, filter: { q: "dental" } }]);
  fireEvent.click(dialog.getByRole("button", { name: "Show 212 leads" }));
  expect(onShow).toHaveBeenCalledWith(rule);
});

test("groups are added and removed, and the focus is on what was added", async () => {
  const { onShow } = open({ all: [{ if: { field: "city", is: ["Bonn"] } }] }, { [COUNT]: counted(1) });
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.click(await dialog.findByRole("button", { name: "Add group" }));
  const field = dialog.getByLabelText("Field of condition 2.1");
  expect(document.activeElement).toBe(field);
  fireEvent.change(field, { target: { value: "custom.Seats" } });
  expect((dialog.getByLabelText("Test of condition 2.1") as HTMLSelectElement).value).toBe("at_least");
  fireEvent.change(dialog.getByLabelText("Value of condition 2.1"), { target: { value: "10" } });
  fireEvent.click(dialog.getByRole("button", { name: "Add condition to group 2" }));
  fireEvent.change(dialog.getByLabelText("Field of condition 2.2"), { target: { value: "custom.Plan" } });
  fireEvent.click(dialog.getByLabelText("Gold"));
  fireEvent.change(dialog.getByLabelText("How group 2 matches"), { target: { value: "none" } });
  fireEvent.click(dialog.getByRole("button", { name: "Add condition" }));
  fireEvent.click(dialog.getByRole("button", { name: "Remove condition 3" }));
  expect(document.activeElement).toBe(dialog.getByRole("button", { name: "Add condition" }));
  fireEvent.click(dialog.getByRole("button", { name: /^Show/ }));
  expect(onShow).toHaveBeenCalledWith({
    all: [
      { if: { field: "city", is: ["Bonn"] } },
      { none: [{ if: { field: "custom.Seats", at_least: "10" } }, { if: { field: "custom.Plan", is: ["Gold"] } }] },
    ],
  });
});

test("groups are nested to five and no deeper", async () => {
  const inner: SegmentRule = { any: [{ if: { field: "email", filled: true } }] };
  open({ all: [{ any: [{ all: [{ any: [inner] }] }] }] }, { [COUNT]: counted(1) });
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByRole("button", { name: "Add group to group 1.1.1" });
  expect(dialog.getByRole("button", { name: "Add condition to group 1.1.1.1" })).toBeTruthy();
  expect(dialog.queryByRole("button", { name: "Add group to group 1.1.1.1" })).toBeNull();
});

test("what is missing is said once somebody wants to see the leads, and nothing is asked before", async () => {
  const { sent, onShow } = open({ all: [{ if: { field: "city", contains: "" } }] }, { [COUNT]: counted(1) });
  const dialog = within(await screen.findByRole("dialog"));
  const value = await dialog.findByLabelText("Value of condition 1");
  expect(dialog.queryByRole("alert")).toBeNull();
  fireEvent.click(dialog.getByRole("button", { name: "Show leads" }));
  expect(dialog.getByRole("alert").textContent).toBe("Enter a value.");
  expect(value.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(value.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Enter a value.");
  expect(onShow).not.toHaveBeenCalled();
  expect(asked(sent)).toEqual([]);
});

test("an answer that comes late does not replace that of a newer rule", async () => {
  let answerFirst = (_: object) => {};
  const parts = [new Promise<object>((done) => (answerFirst = done)), counted(7)];
  const { sent } = open(
    { all: [{ if: { field: "city", starts_with: "B" } }] },
    {
      get [COUNT]() {
        return parts.shift();
      },
    },
  );
  const dialog = within(await screen.findByRole("dialog"));
  await waitFor(() => expect(asked(sent)).toHaveLength(1));
  fireEvent.change(dialog.getByLabelText("Value of condition 1"), { target: { value: "Bo" } });
  expect(await dialog.findByText("7 leads")).toBeTruthy();
  answerFirst(counted(99));
  await new Promise((done) => setTimeout(done, 50));
  expect(dialog.getByText("7 leads")).toBeTruthy();
  expect(dialog.queryByText("99 leads")).toBeNull();
  expect(asked(sent).map(({ rule }) => rule)).toEqual([
    { all: [{ if: { field: "city", starts_with: "B" } }] },
    { all: [{ if: { field: "city", starts_with: "Bo" } }] },
  ]);
});

test("what the server refuses stands at its condition until the rule is another", async () => {
  const answers: Record<string, unknown> = {
    [COUNT]: refusal(422, {
      code: "invalid",
      title: "Invalid",
      errors: [{ field: "rule.all[1]", detail: "'x' is not a number such as 12.5" }],
    }),
  };
  open(
    {
      all: [{ if: { field: "city", is: ["Bonn"] } }, { if: { field: "custom.Seats", at_least: "x" } }],
    },
    answers,
  );
  const dialog = within(await screen.findByRole("dialog"));
  expect((await dialog.findByRole("alert")).textContent).toBe("'x' is not a number such as 12.5");
  const value = dialog.getByLabelText("Value of condition 2");
  expect(value.getAttribute("aria-invalid")).toBe("true");
  expect(dialog.getByText("Not counted: a condition is refused.")).toBeTruthy();
  fireEvent.change(value, { target: { value: "12" } });
  expect(dialog.queryByRole("alert")).toBeNull();
});

test("a typed value is taken by Enter and by leaving the field", async () => {
  const { onShow } = open({ all: [{ if: { field: "tag", is: ["vip"] } }] }, { [COUNT]: counted(1) });
  const dialog = within(await screen.findByRole("dialog"));
  const input = await dialog.findByLabelText("Add a value of condition 1");
  fireEvent.change(input, { target: { value: "partner" } });
  fireEvent.keyDown(input, { key: "Enter" });
  fireEvent.change(input, { target: { value: "press " } });
  fireEvent.blur(input);
  fireEvent.click(dialog.getByRole("button", { name: "Remove vip of condition 1" }));
  fireEvent.click(dialog.getByRole("button", { name: /^Show/ }));
  expect(onShow).toHaveBeenCalledWith({ all: [{ if: { field: "tag", is: ["partner", "press"] } }] });
});

test("a rule that is too long for an address is kept from it", async () => {
  const values = Array.from({ length: 90 }, (_, i) => `${"a long name of a town".repeat(2)} ${i}`);
  const { onShow } = open({ all: [{ if: { field: "city", is: values } }] }, { [COUNT]: counted(1) });
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByLabelText("Field of condition 1");
  fireEvent.click(dialog.getByRole("button", { name: /^Show/ }));
  expect(dialog.getByRole("alert").textContent).toContain("too long");
  expect(onShow).not.toHaveBeenCalled();
});

test("who may only read builds rules and saves no segment", async () => {
  open(undefined, { [COUNT]: counted(1) }, false);
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("button", { name: "Show leads" })).toBeTruthy();
  expect(dialog.queryByRole("button", { name: "Save as segment" })).toBeNull();
});
