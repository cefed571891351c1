import { expect, test } from "vitest";
import { nextActionWords } from "./next-action";

const NOW = Date.parse("2026-11-17T10:42:00Z");

test("what is next is said with its time, or that nobody can say one", () => {
  expect(nextActionWords({ what: "send", at: "2026-11-17T10:42:00Z" }, NOW, 1)).toBe("Step 2 goes out now.");
  expect(nextActionWords({ what: "send", at: "2026-11-18T09:00:00Z" }, NOW)).toMatch(
    /^The next due step goes out .+ at the earliest\.$/,
  );
  expect(nextActionWords({ what: "look_again" }, NOW)).toContain("until the outcome is known");
  expect(nextActionWords({ what: "await_person" }, NOW)).toContain("until someone");
});
