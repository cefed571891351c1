import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen } from "@/shared/lib/keyboard";
import { refusal, renderPage } from "@/test-page";
import { IcpPage } from "./editor-page";
import { IcpsPage } from "./list-page";
import { lastProposal } from "./proposal";

let unheard = () => {};
beforeEach(() => {
  unheard = listen();
});
afterEach(() => unheard());

const FIELDS = { items: [{ id: "field_1", key: "Rooms", label: "Rooms", kind: "number" }] };
const ICP = {
  id: "icp_1",
  name: "Small clinics",
  rules: [{ rule: { if: { field: "custom.Rooms", at_most: "8" } }, not_known: "leave_out" }],
  weights: [{ rule: { if: { field: "rating", at_least: "4.6" } }, points: 30 }],
  threshold: 60,
  main: false,
  field: "fit:icp_01KDVDNA00D8V2SSP8E33K1J7N",
  version: 3,
  by: "user_1",
  created_at: "2026-11-01T09:00:00Z",
  updated_at: "2026-11-01T09:00:00Z",
  rev: 5,
};
const judged = (points: number, text: string) => ({
  verdict: "fits",
  points,
  opted_out: false,
  failed_rule: null,
  rules: [{ answer: "met", text: "Rooms 4", value: "4" }],
  weights: [{ answer: points ? "met" : "not_known", text, value: points ? "4.8" : null }],
});
const COUNTED = {
  leads: 100,
  rules: [{ left: 42, not_known: 12 }],
  matching: 38,
  just_outside: 7,
  histogram: [20, 0, 0, 0, 0, 0, 0, 0, 0, 18],
  at_threshold: 18,
  weights: [{ met: 18, not_known: 5 }],
  sample: [
    { id: "lead_1", name: "Elena Marsh", company: "Linden Physio", fit: judged(100, "Rating 4.8") },
    { id: "lead_2", name: "Kit Farrow", company: "Farrow Dental", fit: judged(0, "Rating not known") },
  ],
  outside: {
    id: "lead_3",
    name: "Paul Grant",
    company: "Grant & Partners",
    fit: {
      ...judged(0, ""),
      verdict: "just_outside",
      points: null,
      failed_rule: 0,
      rules: [{ answer: "not_met", text: "Rooms is 9, the limit is 8", value: "9" }],
    },
  },
};

const open = (answers: Record<string, unknown> = {}, role?: "owner" | "read_only") =>
  renderPage(
    IcpPage,
    "/icp/$id",
    "/icp/icp_1",
    Object.assign(
      {
        "GET /api/icp/icp_1": ICP,
        "GET /api/icp": { items: [ICP] },
        "GET /api/fields": FIELDS,
        "POST /api/icp/preview": COUNTED,
      },
      answers,
    ),
    role,
  );

/** It stands in the bar, and on phones below it. */
const saveButton = () => screen.getAllByRole("button", { name: /^Save version/ })[0] as HTMLElement;

const counts = (sent: { path: string; body: Record<string, unknown> }[]) =>
  sent.filter(({ path }) => path === "/api/icp/preview").map(({ body }) => body);

test("rules show the leads left, weights what they add to, and the sample its reasons", async () => {
  open();
  const rules = within(await screen.findByRole("list", { name: "Rules" }));
  expect(await rules.findByText("42")).toBeTruthy();
  expect(rules.getByText("100")).toBeTruthy();
  const weights = within(screen.getByRole("list", { name: "Weights" }));
  expect(weights.getByText("18")).toBeTruthy();
  expect(weights.getByText("5 not known")).toBeTruthy();
  expect(screen.getByText("Rating 4.8.", { exact: false })).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: /^Kit Farrow/ }));
  expect(screen.getByText("Rating not known.", { exact: false })).toBeTruthy();
  expect(screen.getByText(/Just outside: Rooms is 9, the limit is 8/)).toBeTruthy();
});

test("an edit is counted while it is made, and saved as the next version", async () => {
  const { sent } = open({ "PATCH /api/icp/icp_1": { ...ICP, version: 4, rev: 6 } });
  fireEvent.click(await screen.findByRole("button", { name: /^Rule 1:/ }));
  fireEvent.change(screen.getByLabelText("Value of condition 1"), { target: { value: "6" } });
  fireEvent.click(screen.getByRole("button", { name: "Keep" }));
  const wanted = [{ rule: { if: { field: "custom.Rooms", at_most: "6" } }, not_known: "keep" }];
  await waitFor(() => expect(counts(sent).at(-1)?.rules).toEqual(wanted));
  fireEvent.click(saveButton());
  expect(await screen.findByText("Version 4 saved")).toBeTruthy();
  const saved = sent.find(({ method }) => method === "PATCH")?.body;
  expect(saved).toMatchObject({ rev: 5, rules: wanted, threshold: 60, name: "Small clinics" });
});

test("a rule that lacks a value is not sent, and saving shows what is missing", async () => {
  const { sent } = open();
  await screen.findByText("42");
  fireEvent.keyDown(document.body, { key: "f" });
  await screen.findByRole("button", { name: /^Rule 2:/ });
  fireEvent.click(saveButton());
  expect(await screen.findByText("Enter at least one value.")).toBeTruthy();
  expect(sent.filter(({ method }) => method === "PATCH")).toEqual([]);
  expect(counts(sent).every(({ rules }) => (rules as unknown[]).length === 1)).toBe(true);
});

test("the threshold moves with the arrow keys", async () => {
  const { sent } = open();
  const slider = await screen.findByRole("slider", { name: "Threshold" });
  expect(slider.getAttribute("aria-valuetext")).toBe("fit 60 or more, 18 leads");
  fireEvent.keyDown(slider, { key: "PageUp" });
  fireEvent.keyDown(slider, { key: "ArrowLeft" });
  expect(slider.getAttribute("aria-valuenow")).toBe("69");
  await waitFor(() => expect(counts(sent).at(-1)?.threshold).toBe(69));
});

test("J and K move over rules and weights, Enter opens one", async () => {
  open();
  await screen.findByText("42");
  const press = (key: string) => fireEvent.keyDown(document.body, { key });
  press("j");
  press("j");
  press("Enter");
  expect(await screen.findByLabelText("Points of weight 1")).toBeTruthy();
  press("k");
  press("Enter");
  expect(await screen.findByLabelText("Field of condition 1")).toBeTruthy();
  expect(screen.queryByLabelText("Points of weight 1")).toBeNull();
});

test("a name that another ICP has is refused at the name", async () => {
  open({
    "PATCH /api/icp/icp_1": refusal(422, {
      code: "invalid",
      detail: "The name is taken.",
      errors: [{ field: "name", detail: "is taken by another ICP" }],
    }),
  });
  fireEvent.change(await screen.findByLabelText("Name"), { target: { value: "Hotels" } });
  fireEvent.click(saveButton());
  expect(await screen.findByText("The name is taken by another ICP.")).toBeTruthy();
});

test("who may only read sees the counts and changes nothing", async () => {
  open({}, "read_only");
  await screen.findByText("42");
  expect(screen.queryByRole("button", { name: /^Save version/ })).toBeNull();
  expect(screen.queryByRole("button", { name: /^Rule$/ })).toBeNull();
  const slider = screen.getByRole("slider", { name: "Threshold" });
  fireEvent.keyDown(slider, { key: "PageUp" });
  expect(slider.getAttribute("aria-valuenow")).toBe("60");
});

test("a deleted ICP comes back with all that it had", async () => {
  const { sent } = renderPage(IcpsPage, "/icp", "/icp", {
    "GET /api/icp": { items: [ICP] },
    "POST /api/icp": { ...ICP, id: "icp_2" },
  });
  fireEvent.click(await screen.findByRole("button", { name: "Delete Small clinics" }));
  fireEvent.click(await screen.findByRole("button", { name: /Undo/ }));
  await waitFor(() => expect(sent.some(({ method }) => method === "POST")).toBe(true));
  const { name, rules, weights, threshold, main } = ICP;
  expect(sent.find(({ method }) => method === "POST")?.body).toEqual({ name, rules, weights, threshold, main });
});

test("a workspace without an ICP is offered an example", async () => {
  renderPage(IcpsPage, "/icp", "/icp", { "GET /api/icp": { items: [] } });
  expect(await screen.findByText("No ideal customer profile yet")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Start with an example" })).toBeTruthy();
});

test("an ICP that something goes by stays, and says by what", async () => {
  renderPage(IcpsPage, "/icp", "/icp", {
    "GET /api/icp": { items: [ICP] },
    "DELETE /api/icp/icp_1": refusal(409, {
      code: "in_use",
      detail: "Its fit is used by the view “Best”.",
      errors: [],
    }),
  });
  fireEvent.click(await screen.findByRole("button", { name: "Delete Small clinics" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Small clinics is in use" }));
  expect(dialog.getByText("Its fit is used by the view “Best”.")).toBeTruthy();
});

test("a proposal is opened unsaved, with its reasons and what was left out", async () => {
  const proposed = {
    name: "Dentists of Leeds",
    rules: [{ rule: ICP.rules[0], reason: "Few rooms fill with few calls." }],
    weights: [{ weight: ICP.weights[0], reason: "They care about guests." }],
    threshold: 70,
    remarks: ["A condition on 'shoe_size' was left out: there is no such field."],
  };
  const { sent } = renderPage(IcpsPage, "/icp", "/icp", {
    "GET /api/icp": { items: [] },
    "GET /api/settings": { default_zone: "Europe/London", sending: { state: "running" }, ai_enabled: true },
    "POST /api/icp/propose": proposed,
  });
  fireEvent.click((await screen.findAllByRole("button", { name: "Propose from a description" }))[0] as HTMLElement);
  fireEvent.change(await screen.findByLabelText(/What you sell/), { target: { value: "Reminders for dentists" } });
  fireEvent.click(screen.getByRole("button", { name: "Propose an ICP" }));
  await waitFor(() =>
    expect(sent.find(({ path }) => path === "/api/icp/propose")?.body).toEqual({
      description: "Reminders for dentists",
    }),
  );
  await waitFor(() => expect(lastProposal()?.name).toBe("Dentists of Leeds"));
  cleanup();
  renderPage(IcpPage, "/icp/$id", "/icp/proposal", { "GET /api/fields": FIELDS, "POST /api/icp/preview": COUNTED });
  expect(await screen.findByText("Few rooms fill with few calls.")).toBeTruthy();
  expect(screen.getByText("They care about guests.")).toBeTruthy();
  expect(screen.getByText(/shoe_size/)).toBeTruthy();
  expect(screen.getByDisplayValue("Dentists of Leeds")).toBeTruthy();
});

test("with AI off no proposal is offered", async () => {
  renderPage(IcpsPage, "/icp", "/icp", {
    "GET /api/icp": { items: [] },
    "GET /api/settings": { default_zone: "Europe/London", sending: { state: "running" }, ai_enabled: false },
  });
  expect(await screen.findByText("No ideal customer profile yet")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Propose from a description" })).toBeNull();
});
