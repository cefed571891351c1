import { expect, test } from "vitest";
import { isUnknownZone, zoneWords } from "./zone-words";

test("a known zone is the lead's own, and one that is not known is never called so", () => {
  expect(zoneWords("America/Chicago", "phone")).toBe("their time zone: America/Chicago, from phone");
  for (const source of ["unknown", "campaign"]) {
    expect(zoneWords("America/New_York", source)).toMatch(/^time zone unknown: /);
    expect(isUnknownZone(source)).toBe(true);
  }
  expect(isUnknownZone("country")).toBe(false);
});
