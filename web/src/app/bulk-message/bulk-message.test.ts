import { expect, test } from "vitest";
import { LIVE_MS } from "@/api/query";
import { reachesNobody, startedWords, waitsWords } from "./dialog";
import { type BulkMessage, isUnderWay, lookAgainAfter } from "./queries";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const bulk: BulkMessage = {
  id: "bulk_message_1",
  author: "user_1",
  channel: "email",
  account_id: "account_1",
  subject: "",
  people: 10,
  queued: 10,
  left_out: {},
  sent: 6,
  failed: 1,
  uncertain: 1,
  cancelled: 1,
  created_at: "2026-11-20T11:30:00Z",
  finished_at: "2026-11-20T11:31:00Z",
};

test("what was started says when it goes out, or why it waits", () => {
  expect(startedWords({ people: 2 })).toBe("2 messages queued; follow the progress in the queue");
  expect(startedWords({ people: 1, send_at: "2030-01-08T09:05:00" })).toMatch(/^1 message goes out .* 09:05; follow/);
  expect(startedWords({ people: 2 }, "all sending is stopped")).toBe(
    "2 messages wait: all sending is stopped; follow the progress in the queue",
  );
});

test("who is called back is waited for no more", () => {
  expect(isUnderWay(bulk)).toBe(true);
  expect(isUnderWay({ ...bulk, cancelled: 2 })).toBe(false);
});

test("what takes days is not asked about every few seconds", () => {
  expect(lookAgainAfter([bulk], NOW)).toBe(LIVE_MS);
  expect(lookAgainAfter([bulk], NOW + 3_600_000)).toBe(60_000);
  expect(lookAgainAfter([{ ...bulk, cancelled: 2 }], NOW)).toBe(false);
});

test("that the first of them are left out says nothing of the rest", () => {
  const check = { people: 500, looked_at: 200, reached: 0, waits: {}, left_out: {}, examples: [], previews: [] };
  expect(reachesNobody(check)).toBe(false);
  expect(reachesNobody({ ...check, people: 200 })).toBe(true);
});

test("who waits for the workspace's caps is told before, by reason", () => {
  expect(waitsWords({})).toBeUndefined();
  expect(waitsWords({ too_soon: 1 })).toBe("1 lead has to wait: 1 too soon after their last message.");
  expect(waitsWords({ domain_full: 2, workspace_full: 1 })).toBe(
    "3 leads have to wait: 2 today's limit for their mail domain is reached, 1 today's limit of the workspace is reached.",
  );
});
