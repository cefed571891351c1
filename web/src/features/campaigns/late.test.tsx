import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CampaignView } from "@/api/types";
import { renderPage } from "@/test-page";
import { LatePeople } from "./late";

const open = (late: number, may = true, campaign: Partial<CampaignView> = {}) =>
  renderPage(
    () => (
      <LatePeople campaign={{ id: "campaign_1", state: "active", ...campaign } as CampaignView} late={late} may={may} />
    ),
    "/campaigns/$id",
    "/campaigns/campaign_1",
    { "POST /api/campaigns/campaign_1/late": { id: "campaign_1" } },
  );

test("one question stands for all who are late, and its answer is sent once", async () => {
  const { sent } = open(10000);
  expect(await screen.findByText(/The messages to 10,000 leads are more than/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Skip step" }));
  expect(await screen.findByText("Step skipped; the next delay starts now")).toBeTruthy();
  expect(sent.map((s) => s.body.then)).toEqual(["skip"]);
});

test("who may not decide is told, and asked nothing", async () => {
  open(1, false);
  expect(await screen.findByText(/The message to 1 lead is more than 48 h late/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Send|Skip/ })).toBeNull();
});

const said = (hoursAgo: number, then: "send" | "skip") => ({
  planned_before: new Date(Date.now() - hoursAgo * 3_600_000).toISOString(),
  then,
});

test("an answer that is being carried out is not asked for again, and can be changed", async () => {
  const { sent } = open(3, true, { late_answer: said(1, "send") });
  expect(await screen.findByText(/send them\. In progress/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Send/ })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Skip step" }));
  await expect.poll(() => sent.map((s) => s.body.then)).toEqual(["skip"]);
});

test("who has become late since the last answer is asked about anew", async () => {
  open(3, true, { late_answer: said(49, "send") });
  expect(await screen.findByText(/Nothing is sent to them until you decide/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Send now" })).toBeTruthy();
});

test("of a paused campaign it is said when the answer counts", async () => {
  open(3, true, { state: "paused" });
  expect(await screen.findByText(/applies when it resumes/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Send on resume" })).toBeTruthy();
});

test("what was said of a paused campaign is done later", async () => {
  open(3, true, { state: "paused", late_answer: said(1, "skip") });
  expect(await screen.findByText(/skip the step\. It starts when the campaign resumes/)).toBeTruthy();
});
