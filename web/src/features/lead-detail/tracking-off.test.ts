import { expect, test } from "vitest";
import { trackingOff } from "./contact-rules";

test("a lead's page says what switches its tracking off", () => {
  const all = { opens: true, clicks: true, countries_off: ["DE"] };
  expect(trackingOff(undefined, "DE")).toBeUndefined();
  expect(trackingOff(all, "GB")).toBeUndefined();
  expect(trackingOff(all, null)).toBeUndefined();
  expect(trackingOff(all, "DE")).toContain("no leads in Germany");
  expect(trackingOff({ ...all, opens: false, clicks: false }, "GB")).toBe("Tracking is off in this workspace.");
});
