import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { SequencesPage } from "./list-page";
import { draftOfWritten } from "./offer-dialog";

const SETTINGS = { default_zone: "Europe/London", sending: { state: "running" }, ai_enabled: true };
const WRITTEN = {
  name: "Fewer lost slots",
  messages: [
    { channel: "email" as const, wait_days: 0, subject: "Lost slots", text: "Hi {{ first_name }}, shall we talk?" },
    { channel: "sms" as const, wait_days: 3, subject: "", text: "One more thing." },
  ],
};

const open = (settings: object = SETTINGS) =>
  renderPage(SequencesPage, "/sequences", "/sequences", {
    "GET /api/sequences": { items: [] },
    "GET /api/icp": { items: [{ id: "icp_1", name: "Small clinics", rules: [], weights: [], threshold: 60 }] },
    "GET /api/settings": settings,
    "POST /api/ai/sequence": WRITTEN,
  });

test("a sequence is written from an offer, and opened in the editor unsaved", async () => {
  const { sent } = open();
  fireEvent.click((await screen.findAllByRole("button", { name: "Write from an offer" }))[0] as HTMLElement);
  fireEvent.change(await screen.findByLabelText(/^Offer/), { target: { value: "Reminders from 79 EUR." } });
  fireEvent.change(screen.getByLabelText(/^Tone/), { target: { value: "friendly" } });
  fireEvent.click(screen.getByRole("button", { name: "Write the sequence" }));
  const asked = () => sent.find(({ path }) => path === "/api/ai/sequence")?.body;
  const body = { offer: "Reminders from 79 EUR.", steps: 4, channels: ["email"], tone: "friendly", language: "" };
  await waitFor(() => expect(asked()).toEqual(body));
  const kept = () => Object.entries(localStorage).find(([key]) => key.includes("sequence-offer"))?.[1] as string;
  await waitFor(() => expect(JSON.parse(kept() ?? "{}").value?.draft.name).toBe("Fewer lost slots"));
});

test("written messages are steps with their waits in working days", () => {
  const { steps } = draftOfWritten(WRITTEN);
  expect(steps.map(({ kind, delay }) => [kind, delay?.amount, delay?.unit])).toEqual([
    ["email", 0, "minutes"],
    ["sms", 3, "working_days"],
  ]);
});

test("with AI off no sequence is written from an offer", async () => {
  open({ ...SETTINGS, ai_enabled: false });
  expect(await screen.findByText("No sequences yet")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Write from an offer" })).toBeNull();
});
