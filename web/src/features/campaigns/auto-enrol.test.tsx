import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CampaignView } from "@/api/types";
import { renderPage } from "@/test-page";
import { AutoEnrolSection } from "./auto-enrol";

const campaign = (auto_enrol: CampaignView["auto_enrol"]): CampaignView => ({
  id: "campaign_1",
  name: "Clinics",
  state: "active",
  state_since: "2026-11-17T10:42:00Z",
  sequence_id: "sequence_1",
  sequence_version: 7,
  mailbox_ids: [],
  when_mailbox_gone: "exit",
  only_verified: false,
  untracked: { opens: false, clicks: false },
  writing: { ai: true },
  promotes_winner: false,
  leads_per_variant: 1000,
  zone: "Europe/London",
  created_at: "2026-10-08T09:30:00Z",
  rev: 3,
  auto_enrol,
});
const webinar = { filter: { tag: ["webinar"], owner: "user_2" }, per_day: 50 };
const JOB = {
  id: "job_1",
  started_at: "2026-11-17T10:42:00Z",
  finished_at: null,
  enrolled: 1430,
  left_out: [
    { reason: "already", people: 67 },
    { reason: "suppressed", people: 3 },
  ],
};
const open = (auto_enrol: CampaignView["auto_enrol"], autoEnrolState: object, mayChange = true) =>
  renderPage(
    () => <AutoEnrolSection campaign={campaign(auto_enrol)} open={mayChange} />,
    "/campaigns/$id",
    "/campaigns/campaign_1",
    { "GET /api/campaigns/campaign_1/auto-enrol": autoEnrolState },
  );

test("who was left out of a job is counted by reason, and one that goes on says so", async () => {
  open(null, { taken_today: 0, look: null, jobs: [JOB] });
  const jobs = await screen.findByRole("list", { name: "Added in the background" });
  expect(jobs.textContent).toContain("1,430 leads enrolled, 70 left out, in progress");
  const reasons = within(jobs).getAllByRole("listitem", { hidden: true }).slice(1);
  expect(reasons.map((row) => row.textContent)).toEqual([
    "Already enrolled, now or earlier67",
    "On the suppression list3",
  ]);
});

test("a job that left nobody out says that", async () => {
  open(null, { taken_today: 0, look: null, jobs: [{ ...JOB, finished_at: JOB.started_at, left_out: [] }] });
  const jobs = await screen.findByRole("list", { name: "Added in the background" });
  expect(jobs.textContent).toMatch(/enrolled, none left out$/);
});

test("every part of the filter is told, and who may not change it is offered nothing", async () => {
  const look = { at: "2026-11-17T10:05:00Z", matched: 68, inside: 40, waiting: 28, left_out: [] };
  open(webinar, { taken_today: 12, look, jobs: [] }, false);
  expect(await screen.findByText("tag webinar, one owner's")).toBeTruthy();
  expect(await screen.findByText("12 of 50")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("a rule that selects nobody says why, and a segment is told as part of it", async () => {
  const problem = "segment does not exist; it may have been deleted";
  const look = { at: "2026-11-17T10:05:00Z", matched: 0, inside: 0, waiting: 0, left_out: [], problem };
  open({ filter: { segment: "segment_1" }, per_day: 50 }, { taken_today: 0, look, jobs: [] });
  expect(await screen.findByText("in a segment")).toBeTruthy();
  const told = await screen.findByText(/No lead is enrolled: segment does not exist/);
  expect(told.getAttribute("role")).toBe("status");
});
