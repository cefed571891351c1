import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { EnrolmentActions } from "@/app/timeline/enrolment-actions";
import { undoLast } from "@/shared/ui/toast";
import { refusal, renderPage } from "@/test-page";
import { clockText } from "./pause-dialog";

const PAUSE = "/api/campaigns/campaign_1/enrolments/lead_1/pause";
const open = (
  answers: Record<string, unknown>,
  more: { state?: string; reason?: Schema["HoldReason"]; until?: string; wanted?: boolean } = {},
) =>
  renderPage(
    () => <EnrolmentActions campaign="campaign_1" lead="lead_1" name="Ada" state="scheduled" {...more} />,
    "/one",
    "/one",
    {
      "GET /api/settings": { sending: { state: "running" }, default_zone: "Europe/Berlin" },
      [`POST ${PAUSE}`]: {},
      ...answers,
    },
  );

test("a date is sent as the clock shows it, to be read by the workspace's", async () => {
  expect(clockText(new Date(2026, 0, 5, 9, 7))).toBe("2026-01-05T09:07");
  const { sent } = open({});
  fireEvent.click(await screen.findByText("Pause until"));
  await screen.findByText("Time zone: Europe/Berlin. At most one year ahead.");
  fireEvent.change(screen.getByLabelText("Until"), { target: { value: "2027-02-01T09:00" } });
  fireEvent.click(screen.getByText("Pause until then"));
  await expect.poll(() => sent.find((s) => s.path === PAUSE)?.body).toEqual({ until: "2027-02-01T09:00" });
  await expect.poll(() => screen.queryByText("Pause until then")).toBeNull();
});

test("why an end is refused stands at its field, and the question stays", async () => {
  const problem = { code: "invalid_value", field: "until", detail: "is more than a year ahead" };
  open({ [`POST ${PAUSE}`]: refusal(422, problem) });
  fireEvent.click(await screen.findByText("Pause until"));
  fireEvent.click(await screen.findByText("Pause until then"));
  await screen.findByText("is more than a year ahead");
  expect(screen.getByLabelText("Until").getAttribute("aria-invalid")).toBe("true");
});

test("another end is undone to the one before", async () => {
  const { sent } = open({}, { state: "held", reason: "paused_by_user", until: "2027-03-01T08:00:00Z" });
  fireEvent.click(await screen.findByText("Change end"));
  fireEvent.click(await screen.findByText("Pause until then"));
  await expect.poll(() => screen.queryByText("Pause until then")).toBeNull();
  expect(undoLast()).toBe(true);
  await expect.poll(() => sent.filter((s) => s.path === PAUSE).length).toBe(2);
  expect(sent.findLast((s) => s.path === PAUSE)?.body).toEqual({ until: "2027-03-01T08:00:00Z" });
});

test("who was given to somebody else is let go on, which no undo takes back", async () => {
  const RESUME = "/api/campaigns/campaign_1/enrolments/lead_1/resume";
  const { sent } = open({ [`POST ${RESUME}`]: {} }, { state: "held", reason: "owner_changed" });
  fireEvent.click(await screen.findByText("Resume"));
  const told = (await screen.findByText("Resumed")).parentElement;
  expect(sent.filter((s) => s.path === RESUME).length).toBe(1);
  expect(told?.textContent).not.toContain("Undo");
});

for (const [reason, moves] of [
  ["missing_value", ["Skip this step", "Resume", "Pause Ada"]],
  ["out_of_office", ["Resume", "Pause Ada"]],
  ["company_answered", ["Resume", "Pause Ada"]],
  ["mailbox", ["Resume", "Pause Ada"]],
  ["not_taken", ["Resume", "Pause Ada"]],
  ["late", ["Skip this step", "Send now"]],
  ["uncertain", ["Pause Ada"]],
] as const) {
  test(`who is held as ${reason} is moved as the API takes it`, async () => {
    open({}, { state: "held", reason });
    await screen.findByText("Remove from campaign");
    // Buttons of earlier toasts lie behind them.
    const offered = screen.getAllByRole("button").map((button) => button.textContent);
    expect(offered.slice(0, moves.length + 2)).toEqual([...moves, "Pause until", "Remove from campaign"]);
  });
}

test("of who is away, the pause that was to follow is taken back before they are let go on", async () => {
  open({}, { state: "held", reason: "out_of_office", wanted: true });
  await screen.findByText("Cancel the pause");
  expect(screen.queryByText("Resume")).toBeNull();
});

test("a step that lacks a value is left out", async () => {
  const SKIP = "/api/campaigns/campaign_1/enrolments/lead_1/skip";
  const { sent } = open({ [`POST ${SKIP}`]: {} }, { state: "held", reason: "missing_value" });
  fireEvent.click(await screen.findByText("Skip this step"));
  await screen.findByText("Step skipped");
  expect(sent.filter((s) => s.path === SKIP).length).toBe(1);
});
