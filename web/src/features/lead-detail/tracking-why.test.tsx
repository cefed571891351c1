import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { TrackingWhy, trackedWords } from "./tracking-why";

test("what switched tracking off is named for opens and clicks", () => {
  const words = (opens_off: "campaign" | "lead" | null, clicks_off: "workspace" | "lead" | null) =>
    trackedWords({ opens_off, clicks_off, left_out: [] }).join(" ");
  expect(words(null, null)).toBe("Opens and clicks are tracked, and count if a person made them.");
  expect(words("lead", "lead")).toBe("Opens and clicks are not tracked: off for this lead.");
  expect(words("campaign", null)).toBe("Opens are not tracked: off in this campaign. Clicks are tracked.");
  expect(words("campaign", "workspace")).toBe(
    "Opens are not tracked: off in this campaign. Clicks are not tracked: off in this workspace.",
  );
});

test("clicks that were left out are shown with the rule that judged them", () => {
  const left_out = [
    { what: "click" as const, count: 2, verdict: "scanner" as const, rule: "links_within_a_second" as const },
    { what: "open" as const, count: 1, verdict: "own_team" as const, rule: "signed_in" as const },
  ];
  render(<TrackingWhy tracking={{ opens_off: null, clicks_off: null, left_out }} />);
  expect(
    screen.getByText(/2 clicks: by a scanner or program, not counted: several links within one second/),
  ).toBeTruthy();
  expect(screen.getByText(/1 open: by your own team, not counted: signed in to leadflow in this browser/)).toBeTruthy();
});
