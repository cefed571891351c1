import { expect, test } from "vitest";
import type { BulkMessage } from "@/app/bulk-message/queries";
import { when } from "@/shared/lib/format";
import { stateWords } from "./bulk-messages";

const NOW = Date.parse("2026-11-17T10:42:00Z");
const THEN = "2026-11-19T09:00:00Z";
const then = when(THEN, NOW);
const planned: BulkMessage = {
  id: "bulk_message_1",
  author: "user_1",
  channel: "email",
  account_id: "account_1",
  subject: "We moved",
  people: 120,
  queued: 114,
  left_out: {},
  sent: 0,
  failed: 0,
  uncertain: 0,
  cancelled: 0,
  send_at: THEN,
  created_at: "2026-11-17T09:30:00Z",
  finished_at: "2026-11-17T09:31:00Z",
};

test("a planned one says when it goes out, and afterwards when it was to", () => {
  expect(stateWords(planned, NOW)).toBe(`goes out ${then} · 0 of 114 sent`);
  expect(stateWords({ ...planned, sent: 61 }, NOW + 3 * 86_400_000)).toMatch(/^scheduled for .* · 61 of 114 sent$/);
  expect(stateWords({ ...planned, cancelled_at: "2026-11-17T10:42:00Z" }, NOW)).toMatch(`was scheduled for ${then} · `);
  expect(stateWords({ ...planned, send_at: null }, NOW)).toBe("0 of 114 sent");
});

test("while its account or all sending is paused, one that is under way says that it waits", () => {
  const stopped = "all sending is stopped";
  expect(stateWords(planned, NOW, undefined, stopped)).toBe(`waits: ${stopped} · 0 of 114 sent`);
  expect(stateWords({ ...planned, sent: 114 }, NOW, undefined, stopped)).not.toMatch("waits");
});

test("beside a workspace of another zone that time is called the reader's", () => {
  expect(stateWords(planned, NOW, "Pacific/Kiritimati")).toMatch(`goes out ${then} your time`);
});
