import { describe, expect, it } from "vitest";
import { when } from "@/shared/lib/format";
import { healthLine, stateOf } from "./health";
import type { ConnectionView } from "./queries";

const account: ConnectionView = {
  id: "connection_1",
  name: "Outbox",
  kind: "smtp",
  settings: {},
  secrets: [],
  enabled: true,
  created_at: "2026-11-01T00:00:00Z",
};
const since = "2026-11-17T09:10:00Z";
const next = "2026-11-17T09:25:00Z";
const now = new Date("2026-11-17T09:20:00Z");

describe("an account's health", () => {
  it("is said with its times while the provider is down", () => {
    const down: ConnectionView = { ...account, last_error: "421", health: { state: "down", since, next_try: next } };
    expect(stateOf(down)).toEqual({ tone: "bad", word: "Down" });
    expect(healthLine(down, now)).toBe(
      `Takes nothing since ${when(since, now)}; what is due waits. Asked again ${when(next, now)}.`,
    );
  });

  it("is said while it comes back", () => {
    const back: ConnectionView = { ...account, health: { state: "recovering", since } };
    expect(stateOf(back).word).toBe("Coming back");
    expect(healthLine(back, now)).toBe(`Back since ${when(since, now)}. What waited goes out bit by bit.`);
  });

  it("is no news where all is well, or switched off", () => {
    expect([stateOf(account).word, healthLine(account)]).toEqual(["Connected", undefined]);
    const off: ConnectionView = { ...account, enabled: false, health: { state: "down", since } };
    expect([stateOf(off).word, healthLine(off)]).toEqual(["Off", undefined]);
    expect(stateOf({ ...account, last_error: "535" }).word).toBe("Failing");
  });
});
