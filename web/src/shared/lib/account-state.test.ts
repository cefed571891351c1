import { describe, expect, it } from "vitest";
import { when } from "@/shared/lib/format";
import { adviceOn } from "./account-advice";
import { type Account, errorLine, healthLine, pauseLine, stateOf, todayLine } from "./account-state";

const account: Account = { enabled: true };
const since = "2026-11-17T09:10:00Z";
const next = "2026-11-17T09:25:00Z";
const now = new Date("2026-11-17T09:20:00Z");

describe("an account's health", () => {
  it("is said with its times while the provider is down", () => {
    const down: Account = {
      ...account,
      last_error: { detail: "421", at: since },
      health: { state: "down", since, next_try: next },
    };
    expect(stateOf(down)).toEqual({ tone: "bad", word: "Down" });
    expect(healthLine(down, now)).toBe(
      `Not accepting messages since ${when(since, now)}; due messages wait. Next try ${when(next, now)}.`,
    );
  });

  it("is said while it comes back", () => {
    const back: Account = { ...account, health: { state: "recovering", since } };
    expect(stateOf(back).word).toBe("Recovering");
    expect(healthLine(back, now)).toBe(`Back since ${when(since, now)}. Waiting messages go out gradually.`);
  });

  it("is told apart while it is being paused, and since", () => {
    const paused = (state: "pausing" | "paused"): Account => ({ ...account, pause: { state, since, until: next } });
    expect(stateOf(paused("pausing"))).toEqual({ tone: "wait", word: "Pausing" });
    expect(pauseLine(paused("pausing"), undefined, now)).toContain("already being sent may still go out");
    expect(stateOf(paused("paused"))).toEqual({ tone: "held", word: "Paused" });
    expect(pauseLine(paused("paused"), undefined, now)).toBe(
      `Paused since ${when(since, now)}, until ${when(next, now)}: due messages wait.`,
    );
    expect(pauseLine(account)).toBeUndefined();
  });

  it("is no news where all is well, or switched off", () => {
    expect([stateOf(account).word, healthLine(account)]).toEqual(["Connected", undefined]);
    const off: Account = { ...account, enabled: false, health: { state: "down", since } };
    expect([stateOf(off).word, healthLine(off)]).toEqual(["Off", undefined]);
  });

  it("is failing until the provider has answered again", () => {
    const failing: Account = { ...account, last_error: { detail: "535 no", at: since } };
    expect(stateOf(failing).word).toBe("Failing");
    expect(errorLine(failing, now)).toBe(`Failed ${when(since, now)}, nothing accepted since: 535 no`);
    const over: Account = { ...account, last_error: { detail: "535 no", at: since, over_at: next } };
    expect(stateOf(over).word).toBe("Connected");
    expect(errorLine(over, now)).toBe(`Failed ${when(since, now)}, working again since ${when(next, now)}: 535 no`);
    expect(errorLine(account)).toBeUndefined();
    expect(errorLine(failing, now, "Pacific/Kiritimati")).toMatch(`Failed ${when(since, now)} your time,`);
  });
});

it("one that nobody has tried is not called connected", () => {
  expect(stateOf({ ...account, state: "untested" })).toEqual({ tone: "wait", word: "Not tested" });
  expect(stateOf({ ...account, state: "works" }).word).toBe("Connected");
});

it("one that fails says what to do as long as it fails", () => {
  const refused: Account = { ...account, last_error: { detail: "535 no", at: since, fault: "login_refused" } };
  expect(adviceOn(refused)).toContain("app password");
  expect(adviceOn({ ...account, last_error: { detail: "421", at: since } })).toBeUndefined();
  const over = { detail: "535 no", at: since, over_at: next, fault: "login_refused" } as const;
  expect(adviceOn({ ...account, last_error: over })).toBeUndefined();
});

it("a day says how full it is", () => {
  const c = {
    today: {
      day: "2026-03-10",
      allowed: 40,
      taken: 12,
      taken_new: 3,
      taken_in_hour: 2,
      next_free: "2026-03-10T09:00:00Z",
    },
  };
  expect(todayLine(c)).toBe("12 of 40 used today");
  const full = { today: { ...c.today, taken: 40, next_free: "2026-03-11T00:00:00Z" } };
  expect(todayLine(full, new Date("2026-03-10T12:00:00Z"))).toMatch(/^40 of 40 used today; more capacity /);
  expect(todayLine({})).toBeUndefined();
});
