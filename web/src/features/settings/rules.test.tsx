import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
import { checkRule, EMPTY_RULE, ruleOf, whenWords } from "./rules";
import { RulesSection } from "./rules-section";

const rule = (more: object = {}) => ({
  id: "rule_1",
  name: "Call hot leads",
  when: { event: "turned_hot" },
  only: {},
  actions: [{ do: "enrol", campaign: "campaign_1" }, { do: "notify" }],
  enabled: true,
  created_by: "user_1",
  created_at: "2026-11-17T10:42:00Z",
  ...more,
});
const open = (answers: Record<string, unknown>, role?: Schema["Role"]) =>
  renderPage(
    RulesSection,
    "/settings/rules",
    "/settings/rules",
    {
      "GET /api/settings/rules": { items: [rule()] },
      "GET /api/campaigns": { items: [{ id: "campaign_1", name: "Warm", state: "active" }] },
      ...answers,
    },
    role,
  );

test("a rule says what it does, and is switched off", async () => {
  const { sent } = open({ "PATCH /api/settings/rules/rule_1": rule({ enabled: false }) });
  await screen.findByText("A lead turns hot: Enrol in Warm, then notify");
  fireEvent.click(screen.getByRole("switch"));
  await expect.poll(() => sent.map((s) => s.body)).toEqual([{ enabled: false }]);
});

test("deleting is asked about, and a refusal is told there", async () => {
  open({
    "DELETE /api/settings/rules/rule_1": refusal(409, {
      code: "conflict",
      title: "Conflict",
      detail: "Changed meanwhile.",
    }),
  });
  fireEvent.click(await screen.findByLabelText("Delete Call hot leads"));
  fireEvent.click(await screen.findByText("Delete rule"));
  expect(await screen.findByText(/Changed meanwhile/)).toBeTruthy();
});

test("without rules it says what one could do, and who only reads is offered nothing", async () => {
  open({ "GET /api/settings/rules": { items: [] } }, "rep");
  expect(await screen.findByText("No rules yet")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("what is missing is said before anything is sent", async () => {
  const { sent } = open({});
  fireEvent.click(await screen.findByText("Add a rule"));
  fireEvent.click(await screen.findByText("Save rule"));
  expect(await screen.findByText("Enter a name.")).toBeTruthy();
  expect(sent).toEqual([]);
});

test("the fields become a rule, and a rule becomes words", () => {
  const draft = { ...EMPTY_RULE, name: " Fifth visit ", event: "page_viewed" as const, times: "5", country: "gb" };
  expect(checkRule(draft)).toEqual({});
  expect(checkRule({ ...draft, times: "0", enrol: true, task: true, notify: false, name: "" })).toEqual({
    name: "Enter a name.",
    times: "From 1 to 100.",
    campaign: "Choose a campaign.",
    title: "Describe the task.",
  });
  const made = ruleOf({ ...draft, stop: true });
  expect(made).toEqual({
    name: "Fifth visit",
    when: { event: "did", what: "page_viewed", times: 5 },
    only: { status: [], tag: [], country: ["GB"] },
    actions: [{ do: "stop" }, { do: "notify" }],
  });
  expect(whenWords({ when: made.when, only: { country: ["GB"] } })).toBe(
    "A lead has visited the preview page 5 times (country GB)",
  );
});
