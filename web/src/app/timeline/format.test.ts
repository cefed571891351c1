import { expect, test } from "vitest";
import { civilDay } from "@/shared/lib/format";
import { formatEntry, timelineItems } from "./format";
import type { RuleEffect, TimelineEntry, TimelineMessage } from "./model";

const PERSON = {
  kind: "person",
  intent: "interested",
  rule: "interest_wording",
  sentence: "Yes",
  by: "rules",
} as const;
const at = "2026-11-17T10:00:00Z";
const base = { id: "1", at, planned: false };
const mail: TimelineMessage = {
  id: "m",
  direction: "out",
  channel: "email",
  from: "maya@example.test",
  to: "ada@example.test",
  state: "delivered",
  attempts: 1,
  test: false,
  step: 0,
  subject: "Hello",
  text: "Hi",
  quoted: [],
  opens: 0,
  clicks: 0,
  machine_events: 0,
  delivered_at: at,
};

test("messages tell channel, step and how far they got", () => {
  expect(formatEntry({ ...base, kind: "message", message: { ...mail, machine_events: 2 } })).toMatchObject({
    title: "E-mail, step 1",
    note: "Hello",
    detail: "Delivered, 2 machine visits not counted",
    tone: "past",
  });
  expect(
    formatEntry({ ...base, kind: "message", message: { ...mail, state: "uncertain", delivered_at: null } }).tone,
  ).toBe("uncertain");
  expect(
    formatEntry({ ...base, kind: "message", message: { ...mail, direction: "in", understood: PERSON, text: "Yes" } }),
  ).toMatchObject({ tone: "good", quote: "Yes", title: "Replied by e-mail" });
});

test("what did not arrive says why, in words and in those of the provider", () => {
  const failure = { class: "blocked_policy", code: "30007", detail: "the provider reports undelivered" };
  const why = "refused by the recipient's policy, filtered by their carrier (30007, the provider reports undelivered)";
  const of = (state: TimelineMessage["state"], more: object = {}) =>
    formatEntry({ ...base, kind: "message", message: { ...mail, state, delivered_at: null, ...more } });
  expect(of("bounced", { failure })).toMatchObject({ tone: "bad", detail: `Bounced: ${why}` });
  expect(of("failed", { failure })).toMatchObject({ tone: "bad", detail: `Not sent: ${why}` });
  expect(of("bounced").detail).toBe("Bounced");
});

test("what still waits can be called back, and what was is struck through", () => {
  const waiting: TimelineMessage = { ...mail, state: "queued", delivered_at: null, planned_for: at };
  expect(formatEntry({ ...base, planned: true, kind: "message", message: waiting })).toMatchObject({
    tone: "planned",
    detail: "Scheduled",
    waits: "m",
  });
  const back: TimelineMessage = { ...waiting, state: "cancelled" };
  expect(formatEntry({ ...base, kind: "message", message: back })).toMatchObject({ tone: "off", waits: undefined });
});

test("machines are named and struck through", () => {
  const visit = { ...base, kind: "engaged" as const, action: { action: "opened" as const } };
  expect(formatEntry({ ...visit, verdict: "scanner", rule: "links_within_a_second" })).toMatchObject({
    tone: "off",
    detail: "By a scanner or program, not counted: several links within one second",
  });
  expect(formatEntry({ ...visit, verdict: "preview", rule: "link_preview", named: "WhatsApp" }).detail).toBe(
    "By a link preview, not counted: shown in a chat or social network (WhatsApp)",
  );
  expect(formatEntry({ ...visit, verdict: "human", rule: "nothing_against_it" })).toMatchObject({
    tone: "past",
    detail: undefined,
  });
});

test("a merge and its undo name the other lead", () => {
  const lead = { lead: "lead_2", name: "Ada King" };
  expect(formatEntry({ ...base, kind: "merged", ...lead })).toMatchObject({
    title: "Merged",
    note: "Ada King was merged into this lead",
  });
  expect(formatEntry({ ...base, kind: "unmerged", ...lead })).toMatchObject({
    title: "Merge undone",
    note: "Ada King is a lead of its own again",
    parted: "lead_2",
  });
});

test("what is planned comes first, then the past from new to old; page slices are left out", () => {
  const items: TimelineEntry[] = [
    { ...base, id: "old", at: "2026-11-01T00:00:00Z", kind: "created" },
    {
      ...base,
      id: "slice",
      kind: "engaged",
      action: { action: "time_on_page", session: "s", seconds: 15 },
      verdict: "human",
      rule: "nothing_against_it",
    },
    { ...base, id: "new", kind: "note", text: "x" },
    {
      ...base,
      id: "next",
      at: "2026-12-01T00:00:00Z",
      planned: true,
      kind: "planned_step",
      campaign: "c",
      campaign_name: "C",
      step: 1,
      step_kind: "sms",
      subject: "",
    },
  ];
  expect(timelineItems(items).map((t) => t.id)).toEqual(["next", "new", "old"]);
});

test("a rule says what it did, and who was not enrolled by it and why", () => {
  const effects: RuleEffect[] = [
    { did: "stopped" },
    { did: "enrolled", campaign: "campaign_1", outcome: "suppressed" },
    { did: "task_created", title: "Ring them" },
    { did: "notified" },
  ];
  expect(
    formatEntry({ ...base, kind: "rule_carried_out", rule: "rule_1", name: "Call hot leads", effects }),
  ).toMatchObject({
    title: "Rule “Call hot leads”",
    note: "every sequence stopped, not enrolled: on the suppression list, task “Ring them”, owner notified",
  });
  const dates: RuleEffect[] = [
    { did: "follow_up_set", at: "2026-11-24T09:00:00Z", note: "Call again" },
    { did: "follow_up_kept", at: "2026-11-24T09:00:00Z" },
    { did: "no_follow_up" },
  ];
  const words = dates.map((effect) => {
    const ruled = { ...base, kind: "rule_carried_out" as const, rule: "rule_1", name: "Call again", effects: [effect] };
    return formatEntry(ruled).note;
  });
  expect(words[0]).toMatch(/^follow-up .*: Call again$/);
  expect(words[1]).toMatch(/^follow-up stays on /);
  expect(words[2]).toBe("no follow-up: the lead is lost or must not be contacted");
  expect(formatEntry({ ...base, kind: "rule_carried_out", rule: "rule_1", name: "Quiet", effects: [] })).toMatchObject({
    note: "nothing to stop",
  });
});

test("a follow-up date names the rule that set it", () => {
  const planned = { ...base, planned: true, kind: "follow_up" as const };
  const rule = { rule: "rule_1", name: "Call again", note: "Ask for a time" };
  expect(formatEntry({ ...planned, rule }).note).toBe("Ask for a time. Set by rule: Call again");
  expect(formatEntry({ ...planned, rule: { ...rule, note: "" } }).note).toBe("Set by rule: Call again");
  expect(formatEntry(planned).note).toBeUndefined();
});

test("a task is told with what became of it, and as one to do while it is open", () => {
  const task = { ...base, kind: "task" as const, task: "task_1", title: "Write to Ada", done: true };
  expect(formatEntry({ ...task, task_kind: "whatsapp", outcome: "done" })).toMatchObject({
    icon: "whatsapp",
    note: "sent",
  });
  expect(formatEntry({ ...task, task_kind: "whatsapp", outcome: "cancelled" }).note).toBe("cancelled");
  expect(formatEntry({ ...task, task_kind: "call", outcome: "voicemail" }).note).toBe("voicemail");
  const noted = { noted: "With Ben on Friday", call_seconds: 252 };
  expect(formatEntry({ ...task, task_kind: "call", outcome: "connected", ...noted })).toMatchObject({
    note: "connected, 4 min 12 s",
    quote: "With Ben on Friday",
  });
  const placed = (call_cost: { state: "known"; amount: number } | { state: "pending" } | { state: "unknown" }) =>
    formatEntry({ ...task, task_kind: "call", outcome: "connected", call_cost }).note;
  expect(placed({ state: "known", amount: 84_000 })).toBe("connected, $0.084");
  expect(placed({ state: "pending" })).toBe("connected, price comes within some hours");
  expect(placed({ state: "unknown" })).toBe("connected, price unknown");
  expect(formatEntry({ ...task, task_kind: "manual" })).toMatchObject({ note: "done", task: undefined });
  expect(formatEntry({ ...task, task_kind: "call", done: false, planned: true }).task).toBe("task_1");
});

test("what a program did names its API key", () => {
  const note = { ...base, kind: "note", text: "Asked for a call.", program: "Website form" } as const;
  expect(timelineItems([note])[0]).toMatchObject({ detail: "By the API key Website form" });
});

test("an assignment by a rule and a change of consent are told", () => {
  const assigned = {
    ...base,
    kind: "owner_assigned",
    owner: "user_1",
    rule: "routing_rule_1",
    rule_name: "Germany",
    how: "round_robin",
  } as const;
  expect(formatEntry(assigned, () => "Maya")).toMatchObject({
    title: "Assigned to Maya",
    note: "by the rule “Germany”",
    detail: "Their turn",
  });
  expect(formatEntry({ ...assigned, rule: null, rule_name: "" })).toMatchObject({
    title: "Assigned to a team member",
    note: "as all other leads",
  });
  const consent = {
    ...base,
    kind: "consent_changed",
    channel: "sms",
    from: "consent",
    to: "written_consent",
    on: "2026-03-04",
    note: "Form",
  } as const;
  expect(formatEntry(consent)).toMatchObject({
    title: "Consent for SMS: written consent",
    note: `${civilDay("2026-03-04")}, was consent`,
    quote: "Form",
  });
  expect(formatEntry({ ...consent, to: null, on: null, note: null }).title).toBe("Consent for SMS removed");
});

test("a recorded call can be played until it is deleted", () => {
  const recorded = {
    id: "recording-call_1",
    at: "2026-11-20T09:00:00Z",
    planned: false,
    kind: "call_recorded" as const,
  };
  const ready = formatEntry({ ...recorded, call: "call_1", state: "ready", seconds: 62 });
  expect(ready).toMatchObject({ title: "Call recorded with notice", recording: { call: "call_1", seconds: 62 } });
  const deleted = formatEntry({ ...recorded, call: "call_1", state: "deleted", seconds: 62 });
  expect(deleted).toMatchObject({ detail: "Deleted", recording: undefined });
});
