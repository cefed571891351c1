import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CampaignView } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
import { NewCampaign } from "./new-campaign";
import { CampaignTag } from "./tag";

const PATCH = "/api/campaigns/campaign_1";
const open = (lead_tag: string | null, answers: Record<string, unknown> = {}, mayChange = true) =>
  renderPage(
    () => (
      <CampaignTag
        campaign={{ id: "campaign_1", name: "Clinics", lead_tag, rev: 3 } as CampaignView}
        open={mayChange}
      />
    ),
    "/one",
    "/one",
    answers,
  );
const changes = (sent: { method: string; body: object }[]) =>
  sent.filter((s) => s.method === "PATCH").map((s) => s.body);

test("a tag is set, and the one before comes back by undo", async () => {
  const { sent } = open("spring", { [`PATCH ${PATCH}`]: { lead_tag: "autumn" } });
  await screen.findByText("spring");
  fireEvent.click(screen.getByText("Change tag"));
  fireEvent.change(await screen.findByLabelText("Tag"), { target: { value: " autumn " } });
  fireEvent.click(screen.getByText("Save"));
  const told = (await screen.findByText("New leads are tagged autumn")).parentElement as HTMLElement;
  expect(changes(sent)).toEqual([{ lead_tag: "autumn", rev: 3 }]);
  fireEvent.click(within(told).getByText(/^Undo/));
  await expect.poll(() => changes(sent)).toEqual([{ lead_tag: "autumn", rev: 3 }, { lead_tag: "spring" }]);
});

test("an emptied tag is taken off the campaign", async () => {
  const { sent } = open("spring", { [`PATCH ${PATCH}`]: { lead_tag: null } });
  fireEvent.click(await screen.findByText("Change tag"));
  fireEvent.change(await screen.findByLabelText("Tag"), { target: { value: " " } });
  fireEvent.click(screen.getByText("Save"));
  await screen.findByText("New leads are no longer tagged");
  expect(changes(sent)).toEqual([{ lead_tag: null, rev: 3 }]);
});

test("why a tag is refused stands at its field", async () => {
  const errors = [{ field: "lead_tag", detail: "is longer than 60 characters" }];
  const problem = { code: "invalid_value", detail: "lead_tag: is longer than 60 characters", errors };
  open(null, { [`PATCH ${PATCH}`]: refusal(422, problem) });
  fireEvent.click(await screen.findByText("Add a tag"));
  fireEvent.click(await screen.findByText("Save"));
  await screen.findByText("is longer than 60 characters");
  expect(screen.getByLabelText("Tag").getAttribute("aria-invalid")).toBe("true");
});

test("who may not change it sees the tag alone", async () => {
  open("spring", {}, false);
  await screen.findByText("spring");
  expect(screen.queryByText("Change tag")).toBeNull();
});

test.each([
  [" autumn ", "autumn"],
  ["", undefined],
])("a new campaign is made with the tag %j as %j", async (written, lead_tag) => {
  const { sent } = renderPage(
    () => <NewCampaign open onClose={() => undefined} />,
    "/campaigns/$id",
    "/campaigns/new",
    {
      "GET /api/sequences": { items: [{ id: "sequence_1", name: "Clinics", version: 7, steps: [], archived: false }] },
      "GET /api/settings/accounts": { items: [{ id: "account_1", name: "North", kind: "smtp", enabled: true }] },
      "POST /api/campaigns": { id: "campaign_1" },
    },
  );
  await screen.findByLabelText(/^North/);
  await screen.findByText("Clinics, v7");
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: "Clinics" } });
  fireEvent.change(screen.getByLabelText("Sequence"), { target: { value: "sequence_1" } });
  fireEvent.change(screen.getByLabelText("Tag"), { target: { value: written } });
  fireEvent.click(screen.getByText("Create draft"));
  await expect.poll(() => sent.filter((s) => s.method === "POST").length).toBe(1);
  expect(sent.find((s) => s.method === "POST")?.body.lead_tag).toBe(lead_tag);
});
