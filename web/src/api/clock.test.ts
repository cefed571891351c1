import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hearTime, serverNow, whenSet } from "./clock";

const HERE = Date.parse("2026-11-17T09:00:00Z");
beforeEach(() => void vi.useFakeTimers({ now: HERE }));
afterEach(() => {
  hearTime(new Date().toUTCString());
  vi.useRealTimers();
});

test("now is the server's now, and goes on between answers", () => {
  hearTime("Tue, 17 Nov 2026 11:30:00 GMT");
  expect(serverNow()).toBe(HERE + 2.5 * 3_600_000);
  vi.advanceTimersByTime(60_000);
  expect(serverNow()).toBe(HERE + 2.5 * 3_600_000 + 60_000);
});

test("a second's difference, and no date at all, change nothing", () => {
  hearTime("Tue, 17 Nov 2026 08:59:59 GMT");
  expect(serverNow()).toBe(HERE);
  hearTime(null);
  hearTime("soon");
  expect(serverNow()).toBe(HERE);
});

test("who shows the time is told when it was another, and not of every second", () => {
  const seen: number[] = [];
  const unheard = whenSet(() => seen.push(serverNow()));
  hearTime("Tue, 17 Nov 2026 11:30:00 GMT");
  hearTime("Tue, 17 Nov 2026 11:30:20 GMT");
  expect(seen).toEqual([HERE + 2.5 * 3_600_000]);
  hearTime("Tue, 17 Nov 2026 11:31:00 GMT");
  expect(seen).toHaveLength(2);
  unheard();
  hearTime("Tue, 17 Nov 2026 09:00:00 GMT");
  expect(seen).toHaveLength(2);
});
