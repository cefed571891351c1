// What a list of leads is asked with after a change of one's own.
import { expect, test } from "vitest";
import { hearChange, noteSeen, withSeen } from "./seen-leads";

const LIST = "https://app.invalid/api/leads?limit=50";
const seenIn = (url: string, now?: number) => new URL(withSeen(new Request(url), now).url).searchParams.get("seen");

test("a changed lead is named for two minutes, under its newest revision", () => {
  expect(seenIn(LIST, 0)).toBeNull();
  noteSeen({ id: "lead_1", rev: 3 }, 1_000);
  noteSeen({ lead: { id: "lead_2", rev: 1 } }, 1_000);
  noteSeen({ id: "lead_1", rev: 2 }, 2_000);
  expect(seenIn(LIST, 2_000)).toBe("lead_1:3,lead_2:1");
  expect(seenIn("https://app.invalid/api/leads/lead_1", 2_000)).toBeNull();
  expect(seenIn(LIST, 200_000)).toBeNull();
});

test("of many leads that were changed at once the last hundred are named", () => {
  noteSeen({ seen: Array.from({ length: 130 }, (_, n) => `lead_${n}:7`) }, 300_000);
  const named = seenIn(LIST, 300_000)?.split(",") ?? [];
  expect(named).toHaveLength(100);
  expect(named[0]).toBe("lead_30:7");
  expect(seenIn(LIST, 900_000)).toBeNull();
});

test("a body that is none, or tells of other things with a revision, names no lead", async () => {
  await hearChange(new Response("", { status: 204 }));
  await hearChange(new Response(JSON.stringify({ id: "campaign_1", rev: 9 })));
  expect(seenIn(LIST)).toBeNull();
  await hearChange(new Response(JSON.stringify({ id: "lead_1", rev: 9 })));
  expect(seenIn(LIST)).toBe("lead_1:9");
});
