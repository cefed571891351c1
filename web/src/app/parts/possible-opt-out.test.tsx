import { fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen } from "@/shared/lib/keyboard";
import { refusal, renderPage } from "@/test-page";
import { type OptOutHold, PossibleOptOut } from "./possible-opt-out";

let quiet: () => void;
beforeEach(() => {
  quiet = listen();
});
afterEach(() => quiet());

const HOLD: OptOutHold = {
  since: "2026-11-27T08:00:00Z",
  messages: ["msg_1", "msg_2"],
  channel: "email",
  sentence: "Please spare us",
};
const ANSWER = "POST /api/inbox/lead_1/possible-opt-out";

const page = (answers: Record<string, unknown>, role?: "read_only") =>
  renderPage(() => <PossibleOptOut lead="lead_1" name="Ann" hold={HOLD} />, "/leads", "/leads", answers, role);

const bodies = (sent: { method: string; body: object }[]) =>
  sent.filter((one) => one.method === "POST").map((one) => one.body);

test("one key says that the lead has not opted out, about the latest message", async () => {
  const { sent } = page({ [ANSWER]: { possible_opt_out: null } });
  await screen.findByText(/Please spare us/);
  fireEvent.keyDown(document.body, { key: "u" });
  await expect.poll(() => bodies(sent)).toEqual([{ opted_out: false, message_id: "msg_2" }]);
  await screen.findByText("Ann has not opted out");
});

test("one key says that the lead has opted out, and nothing is asked any more while the list is written", async () => {
  const { sent } = page({ [ANSWER]: { possible_opt_out: HOLD } });
  await screen.findByText(/Please spare us/);
  fireEvent.keyDown(document.body, { key: "o" });
  await expect.poll(() => bodies(sent)).toEqual([{ opted_out: true, message_id: "msg_2" }]);
  await expect.poll(() => screen.queryByRole("button", { name: /Not an opt-out/ })).toBeNull();
});

test("an answer that is refused leaves the question", async () => {
  page({ [ANSWER]: refusal(409, { code: "newer_message", detail: "The lead has written again since." }) });
  fireEvent.click(await screen.findByRole("button", { name: /Not an opt-out/ }));
  await screen.findByText(/Could not save your answer/);
  expect(screen.getByRole("button", { name: /Opted out/ })).toBeTruthy();
});

test("who may only read sees the hold without the two answers", async () => {
  page({}, "read_only");
  await screen.findByText(/Please spare us/);
  expect(screen.queryByRole("button", { name: /Opted out/ })).toBeNull();
});
