import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { FollowUpDialog } from "./follow-up-dialog";

const open = (rule?: string) =>
  render(
    <FollowUpDialog open at="2026-11-24T09:00:00Z" rule={rule} onSet={() => undefined} onClose={() => undefined} />,
  );

test("a follow-up that a rule set names the rule", async () => {
  open("Call again");
  expect(await screen.findByText(/^Scheduled for .*\. Set by rule: Call again\.$/)).toBeTruthy();
});

test("a follow-up that a user set names no rule", async () => {
  open();
  expect(await screen.findByText(/^Scheduled for [^.]*\.$/)).toBeTruthy();
});
