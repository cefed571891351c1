import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { stagesStore } from "@/shared/lib/stages";
import { refusal, renderPage } from "@/test-page";
import { actionWords, checkRule, EMPTY_RULE, isStageGone, ruleOf, SUGGESTIONS, whenWords } from "./rules";
import { RulesSection } from "./rules-section";

const stagesUnread = stagesStore.get();

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

test("without rules a suggestion opens a rule that is ready to be saved", async () => {
  const { sent } = open({ "GET /api/settings/rules": { items: [] }, "POST /api/settings/rules": rule() });
  fireEvent.click(await screen.findByText("Follow up after an unanswered call"));
  fireEvent.click(await screen.findByText("Save rule"));
  await expect
    .poll(() => sent.map((s) => s.body))
    .toEqual([
      {
        name: "Call again",
        when: { event: "call_ended", outcome: "no_answer" },
        only: { status: [], tag: [], country: [] },
        actions: [{ do: "set_follow_up", working_days: 2, note: "Call again" }],
      },
    ]);
});

test("a follow-up rule is read as a sentence", async () => {
  const follow = (when: object, days: number, note = "") =>
    rule({ when, actions: [{ do: "set_follow_up", working_days: days, note }] });
  const sentences: [ReturnType<typeof rule>, string][] = [
    [
      follow({ event: "call_ended", outcome: "no_answer" }, 2, "Call again"),
      "A call ends with “No answer”: Set a follow-up in 2 working days (“Call again”)",
    ],
    [
      follow({ event: "stage_reached", stage: "qualified" }, 1),
      "A lead reaches the stage “Qualified”: Set a follow-up in 1 working day",
    ],
    [
      follow({ event: "answered", intent: "not_now" }, 60),
      "A lead's reply means “Not now”: Set a follow-up in 60 working days",
    ],
    [
      follow({ event: "no_activity", days: 14 }, 1),
      "Nothing happens on an open lead for 14 days: Set a follow-up in 1 working day",
    ],
    [
      follow({ event: "sequence_ended" }, 5),
      "A sequence ends and the lead does not reply within 3 working days: Set a follow-up in 5 working days",
    ],
    [
      follow({ event: "preview_unanswered", working_days: 2 }, 1),
      "A lead visits the preview page and does not reply within 2 working days: Set a follow-up in 1 working day",
    ],
    [
      follow({ event: "stage_reached", stage: "stage_9" }, 1),
      "A lead reaches the stage “Deleted stage”: Set a follow-up in 1 working day. This stage was deleted, so the rule does nothing.",
    ],
  ];
  stagesStore.set((old) => ({ ...old }));
  open({ "GET /api/settings/rules": { items: sentences.map(([one], n) => ({ ...one, id: `rule_${n}` })) } });
  for (const [, sentence] of sentences) expect(await screen.findByText(sentence)).toBeTruthy();
});

test("a stage is not called deleted before the stages were read", () => {
  const waiting = { when: { event: "stage_reached" as const, stage: "stage_9" as const } };
  expect(isStageGone(waiting)).toBe(true);
  stagesStore.set(stagesUnread);
  expect(isStageGone(waiting)).toBe(false);
});

test("the number of days of a follow-up is checked before anything is sent", () => {
  const [call, visit] = SUGGESTIONS.map((one) => one.draft);
  for (const draft of [call, visit]) expect(checkRule(draft ?? EMPTY_RULE)).toEqual({});
  expect(checkRule({ ...EMPTY_RULE, name: "a", followUp: true, days: "61" })).toEqual({ days: "From 1 to 60." });
  expect(checkRule({ ...EMPTY_RULE, name: "a", followUp: true, days: "1.5" })).toEqual({ days: "From 1 to 60." });
  const far = { ...EMPTY_RULE, name: "a", event: "preview_unanswered" as const, unanswered: "31" };
  expect(checkRule(far)).toEqual({ unanswered: "From 1 to 30." });
  const quiet = { ...EMPTY_RULE, name: "a", event: "no_activity" as const };
  expect(ruleOf(quiet).when).toEqual({ event: "no_activity", days: 14 });
  const stopping = { ...quiet, stop: true, notify: true };
  expect(ruleOf(stopping).actions).toEqual([{ do: "notify" }]);
  expect(checkRule({ ...stopping, notify: false })).toEqual({ actions: "Choose at least one." });
  expect(checkRule({ ...quiet, quiet: "" })).toEqual({ quiet: "From 1 to 365." });
  expect(actionWords({ actions: ruleOf({ ...EMPTY_RULE, followUp: true }).actions }, {})).toBe(
    "Set a follow-up in 2 working days, then notify",
  );
});

test("what is missing is said before anything is sent", async () => {
  const { sent } = open({});
  fireEvent.click(await screen.findByText("Add a rule"));
  fireEvent.click(await screen.findByText("Save rule"));
  expect(await screen.findByText("Enter a name.")).toBeTruthy();
  expect(sent).toEqual([]);
});

test("the fields become a rule, and a rule becomes words", () => {
  const draft = { ...EMPTY_RULE, name: " Fifth visit ", event: "page_viewed" as const, times: "5", country: "GB" };
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
