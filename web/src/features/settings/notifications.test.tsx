import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import { NotificationsSection } from "./notifications-section";

const digest: Schema["DigestSettingsView"] = {
  hour: 8,
  zone: null,
  workspace_zone: "Europe/Berlin",
  parts: ["hot_leads", "tasks"],
  mails_go_out: true,
  rev: 3,
};
const slack: Schema["SlackView"] = { ending: "WORD", kinds: ["reply"], with_details: false, off: null, rev: 5 };

const open = (answers: Record<string, unknown> = {}, role?: Schema["Role"]) =>
  renderPage(
    NotificationsSection,
    "/settings/notifications",
    "/settings/notifications",
    { "GET /api/notifications/digest": digest, "GET /api/settings/slack": slack, ...answers },
    role,
  );

test("a rep sees the digest and nothing of Slack", async () => {
  open({}, "rep");
  await screen.findByRole("region", { name: "Digest by e-mail" });
  expect(screen.queryByRole("region", { name: "Slack" })).toBeNull();
});

test("an installation that sends no mails says so", async () => {
  open({ "GET /api/notifications/digest": { ...digest, mails_go_out: false } }, "rep");
  const region = await screen.findByRole("region", { name: "Digest by e-mail" });
  expect(within(region).getByRole("status").textContent).toContain("sends no mails of its own");
});

test("a digest without any part is not sent to the server", async () => {
  open({}, "rep");
  const region = await screen.findByRole("region", { name: "Digest by e-mail" });
  for (const part of ["Hot leads", "Tasks due"]) fireEvent.click(within(region).getByLabelText(part));
  fireEvent.click(within(region).getByRole("button", { name: "Save digest" }));
  expect((await within(region).findByRole("alert")).textContent).toBe("Choose at least one.");
});

test("a channel that Slack refuses is shown as switched off, with what to do", async () => {
  const off = { at: "2026-11-17T10:00:00Z", fault: "not_found", detail: "Make a new webhook in Slack." };
  open({ "GET /api/settings/slack": { ...slack, off } }, "admin");
  const region = await screen.findByRole("region", { name: "Slack" });
  expect(within(region).getByRole("status").textContent).toMatch(/Switched off.*Make a new webhook in Slack\./);
});
