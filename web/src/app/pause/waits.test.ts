import { expect, test } from "vitest";
import { type Standing, waitOf, waitOfCampaign } from "./waits";

const SINCE = "2026-11-17T09:00:00Z";
const account = (id: string, more: object = {}) => ({ id, name: `Box ${id}`, enabled: true, ...more });
const pause = (until?: string) => ({ state: "paused" as const, since: SINCE, until });
const standing = (more: Partial<Standing> = {}): Standing => ({
  sending: { state: "running" },
  accounts: [account("a"), account("b", { pause: pause() }), account("c", { enabled: false })],
  zone: "UTC",
  ...more,
});

test("while all sending is stopped everything waits, and the reason is named", () => {
  const stopped = standing({ sending: { state: "stopped", since: SINCE } });
  expect(waitOf(stopped)).toBe("all sending is stopped");
  expect(waitOf(stopped, "a", "2030-01-01T09:00:00Z")).toBe("all sending is stopped");
  expect(waitOf(standing({ sending: { state: "stopping", since: SINCE } }))).toBe("all sending is stopped");
});

test("what is due after the end of a stop goes out at its time", () => {
  const until = "2026-11-20T09:00:00Z";
  const stopped = standing({ sending: { state: "stopped", since: SINCE, until } });
  expect(waitOf(stopped, "a", "2026-11-19T09:00:00Z")).toMatch(/^all sending is stopped until .*09:00/);
  expect(waitOf(stopped, "a", "2026-11-21T09:00:00Z")).toBeUndefined();
});

test("a message whose account was removed says so, and nothing while accounts are not known", () => {
  expect(waitOf(standing(), "d")).toContain("was removed");
  expect(waitOf(standing({ accounts: undefined }), "d")).toBeUndefined();
});

test("a message waits for its own account alone", () => {
  expect(waitOf(standing(), "a")).toBeUndefined();
  expect(waitOf(standing(), "b")).toBe("Box b is paused");
  expect(waitOf(standing(), "c")).toBe("Box c is switched off");
  expect(waitOf(standing(), undefined)).toBeUndefined();
});

test("a message by an account at its limit waits until it may send more, and a later one does not", () => {
  const today = { day: "2026-11-17", allowed: 1, taken: 1, taken_new: 0, taken_in_hour: 1, next_free: SINCE };
  const full = standing({ accounts: [account("a", { today: { ...today, full_until: "2026-11-18T00:00:00Z" } })] });
  expect(waitOf(full, "a", "2026-11-17T10:00:00Z")).toMatch(/^Box a is at its limit until .*00:00/);
  expect(waitOf(full, "a", "2026-11-19T10:00:00Z")).toBeUndefined();
  expect(waitOf(standing({ accounts: [account("a", { today })] }), "a")).toBeUndefined();
  expect(waitOfCampaign(full, { state: "active", mailbox_ids: ["a"] })).toBeUndefined();
});

test("an active campaign waits where all sending is stopped, or none of its mailboxes sends", () => {
  const active = (...mailbox_ids: string[]) => ({ state: "active", mailbox_ids });
  expect(waitOfCampaign(standing(), active("a", "b"))).toBeUndefined();
  expect(waitOfCampaign(standing(), active("b"))).toBe("Box b is paused");
  expect(waitOfCampaign(standing(), active("b", "c"))).toBe("each of its mailboxes is paused or switched off");
  expect(waitOfCampaign(standing(), active())).toBeUndefined();
  const stopped = standing({ sending: { state: "stopped", since: SINCE } });
  expect(waitOfCampaign(stopped, active("a"))).toBe("all sending is stopped");
  expect(waitOfCampaign(stopped, { state: "draft", mailbox_ids: ["a"] })).toBeUndefined();
});
