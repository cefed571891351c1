import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { LeadEnrolment } from "@/app/timeline/model";
import { undoLast } from "@/shared/ui/toast";
import { refusal, renderPage } from "@/test-page";
import { PauseLead } from "./pause";
import { backTo, type MovedInCampaign, movedWords, type WhereHeld } from "./pausing";

const row = (
  campaign: string,
  outcome: MovedInCampaign["outcome"],
  before: Partial<WhereHeld> = {},
): MovedInCampaign => ({
  campaign_id: campaign,
  campaign_name: campaign[0]?.toUpperCase() + campaign.slice(1),
  outcome,
  before: { state: "scheduled", ...before },
  now: { state: "held", hold_reason: "paused_by_user" },
});

const enrolment = (campaign: string, more: Partial<LeadEnrolment> = {}): LeadEnrolment => ({
  campaign,
  campaign_name: campaign,
  sequence: "sequence_1",
  enrolled_at: "2026-11-17T09:00:00Z",
  state: "scheduled",
  pause_wanted: false,
  step: 1,
  steps: 3,
  line: [],
  version: 1,
  ...more,
});

const PAUSED = { state: "held", hold_reason: "paused_by_user" } as const;

test("what came of it is told by campaign, with the name where it is one", () => {
  expect(movedWords("Ada", [row("spring", "paused")])).toBe("Ada: paused in Spring");
  expect(movedWords("Ada", [row("spring", "paused"), row("autumn", "paused"), row("third", "pause_wanted")])).toBe(
    "Ada: paused in 2 campaigns; pauses in Third after the current step",
  );
  expect(movedWords("Ada", [row("spring", "goes_on"), row("autumn", "held_otherwise")])).toBe(
    "Ada: resumed in Spring; held for another reason in Autumn",
  );
  expect(movedWords("Ada", [row("spring", "not_paused")])).toBe("Ada was not paused");
});

test("each campaign is put back to where it stood, or none where one could not be", () => {
  const until = "2127-01-01T08:00:00Z";
  const paused = PAUSED;
  expect(
    backTo([
      row("a", "paused"),
      row("b", "paused", { ...paused, held_until: until }),
      row("c", "goes_on", paused),
      row("d", "wish_taken_back", { state: "sending", pause_wanted: { until, reason: "paused_by_user" } }),
      row("e", "already_paused", paused),
      row("f", "busy"),
    ]),
  ).toEqual([
    { campaign: "a", do: "resume" },
    { campaign: "b", do: "pause", until },
    { campaign: "c", do: "pause" },
    { campaign: "d", do: "pause", until },
  ]);
  expect(backTo([row("a", "already_paused"), row("b", "busy")])).toBeUndefined();
  expect(
    backTo([row("a", "paused"), row("b", "paused", { state: "held", hold_reason: "owner_changed" })]),
  ).toBeUndefined();
  expect(backTo([row("a", "paused", { state: "held", hold_reason: "late" })])).toBeUndefined();
});

const open = (underWay: LeadEnrolment[], answers: Record<string, unknown>) =>
  renderPage(() => <PauseLead id="lead_1" name="Ada" underWay={underWay} />, "/one", "/one", {
    "GET /api/settings": { sending: { state: "running" }, default_zone: "Europe/Berlin" },
    ...answers,
  });

test("a lead is paused in all that it is in, and undone campaign by campaign", async () => {
  const { sent } = open([enrolment("spring"), enrolment("autumn")], {
    "POST /api/leads/lead_1/pause": { campaigns: [row("spring", "paused"), row("autumn", "paused", PAUSED)] },
  });
  expect(screen.queryByText("Resume")).toBeNull();
  fireEvent.click(await screen.findByText("Pause"));
  await screen.findByText(/In spring, autumn: no messages/);
  fireEvent.click(screen.getByText("Until resumed"));
  await screen.findByText("Ada: paused in 2 campaigns");
  expect(sent.find((s) => s.path === "/api/leads/lead_1/pause")?.body).toEqual({});
  expect(undoLast()).toBe(true);
  await expect
    .poll(() => sent.map((s) => s.path).filter((path) => path.includes("/enrolments/")))
    .toEqual(["/api/campaigns/spring/enrolments/lead_1/resume", "/api/campaigns/autumn/enrolments/lead_1/pause"]);
});

test("who is paused everywhere is let go on, who is in part both", async () => {
  const { sent } = open([enrolment("spring", { ...PAUSED, state: "held" })], {
    "POST /api/leads/lead_1/resume": { campaigns: [row("spring", "goes_on", PAUSED)] },
  });
  fireEvent.click(await screen.findByText("Resume"));
  expect(screen.queryByText("Pause")).toBeNull();
  await screen.findByText("Ada: resumed in Spring");
  expect(sent.filter((s) => s.path === "/api/leads/lead_1/resume").length).toBe(1);
});

test("another end that is refused is told at its field, and the question stays", async () => {
  const problem = { code: "invalid_value", field: "until", detail: "is more than a year ahead" };
  open([enrolment("spring"), enrolment("autumn", { state: "sending", pause_wanted: true })], {
    "POST /api/leads/lead_1/pause": refusal(422, problem),
  });
  await screen.findByText("Resume");
  fireEvent.click(await screen.findByText("Pause"));
  fireEvent.click(await screen.findByText("Until a set time"));
  fireEvent.click(await screen.findByText("Pause until then"));
  await screen.findByText("is more than a year ahead");
});
