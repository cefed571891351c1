import { fireEvent, screen, waitFor, within } from "@testing-library/react";
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

const choices: Schema["NotificationChoicesView"] = {
  browser: ["reply"],
  pushed: ["hot_lead", "reply"],
  quiet: { from: 20, to: 7 },
  hot_leads_always: false,
  rev: 2,
};
const devices: Schema["PushDevicesView"] = { server_key: "BKey", devices: [] };

const open = (answers: Record<string, unknown> = {}, role?: Schema["Role"]) =>
  renderPage(
    NotificationsSection,
    "/settings/notifications",
    "/settings/notifications",
    {
      "GET /api/notifications/digest": digest,
      "GET /api/notifications/choices": choices,
      "GET /api/notifications/devices": devices,
      "GET /api/settings/slack": slack,
      ...answers,
    },
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

test("kinds and quiet hours are chosen for each channel", async () => {
  const { sent } = open({ "PUT /api/notifications/choices": { ...choices, rev: 3 } }, "rep");
  const region = await screen.findByRole("region", { name: "Notify me about" });
  fireEvent.click(within(region).getByLabelText("Replies: Push"));
  fireEvent.click(within(region).getByLabelText("Task reminders: Push"));
  fireEvent.click(within(region).getByLabelText("Replies: Open browser"));
  fireEvent.click(within(region).getByLabelText("Push hot leads in quiet hours, too"));
  fireEvent.change(within(region).getByLabelText("From"), { target: { value: "7" } });
  fireEvent.click(within(region).getByRole("button", { name: "Save notifications" }));
  await within(region).findByText("Choose an end that differs from the beginning.");
  fireEvent.change(within(region).getByLabelText("From"), { target: { value: "18" } });
  fireEvent.click(within(region).getByRole("button", { name: "Save notifications" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({
    method: "PUT",
    path: "/api/notifications/choices",
    body: {
      browser: [],
      pushed: ["hot_lead", "task_due"],
      quiet: { from: 18, to: 7 },
      hot_leads_always: true,
      rev: 2,
    },
  });
});

test("without quiet hours their hours are not asked for", async () => {
  const { sent } = open({ "PUT /api/notifications/choices": { ...choices, quiet: null, rev: 3 } }, "rep");
  const region = await screen.findByRole("region", { name: "Notify me about" });
  fireEvent.click(within(region).getByLabelText(/^Quiet hours/));
  expect(within(region).queryByLabelText("From")).toBeNull();
  fireEvent.click(within(region).getByRole("button", { name: "Save notifications" }));
  await waitFor(() => expect(sent[0]?.body).toMatchObject({ quiet: null }));
});
