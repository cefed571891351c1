import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { ConnectedPage } from "./connected-page";
import { grantLine, readingLine } from "./grant";
import type { AccountView } from "./queries";

const FINISH = "POST /api/settings/accounts/connected";
const open = (search: string, answers: Record<string, unknown>) =>
  renderPage(ConnectedPage, "/settings/accounts/connected", `/settings/accounts/connected?${search}`, answers);

test("what the provider's page returned is handed in once", async () => {
  const { sent } = open("state=st1&code=c0de", { [FINISH]: { id: "account_1", name: "Maya", state: "works" } });
  await waitFor(() => expect(sent.filter((one) => one.method === "POST")).toHaveLength(1));
  expect(sent.find((one) => one.method === "POST")?.body).toEqual({ state: "st1", code: "c0de" });
});

test("a refused access says what to do next", async () => {
  const detail = "The access was refused on the provider's page. Connect the mailbox again.";
  const { sent } = open("state=st2&error=access_denied", {
    [FINISH]: refusal(409, { code: "access_denied", detail, status: 409 }),
  });
  expect(await screen.findByText(detail)).toBeTruthy();
  expect(screen.getByText("Back to mailboxes")).toBeTruthy();
  expect(sent.find((one) => one.method === "POST")?.body).toEqual({ state: "st2", error: "access_denied" });
});

test("a page without an answer asks the server nothing", async () => {
  const { sent } = open("", {});
  expect(await screen.findByText("The mailbox is not connected")).toBeTruthy();
  expect(sent.filter((one) => one.method === "POST")).toEqual([]);
});

test("the state of a grant is told in words", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  const account = (grant: AccountView["grant"]) =>
    ({ grant, settings: { kind: "email_sender", from_address: "maya@one.example" } }) as AccountView;
  expect(grantLine(account(undefined), now)).toBeUndefined();
  expect(grantLine(account({ state: "not_connected" }), now)).toContain("Not connected to maya@one.example yet");
  const at = "2026-11-20T09:00:00Z";
  expect(grantLine(account({ state: "connected", connected_at: at }), now)).toContain("Connected as maya@one.example");
  expect(grantLine(account({ state: "lost", connected_at: at }), now)).toContain("until it is connected again");
});

test("when replies were last read is told, and why they are not", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  const account = (reading: AccountView["reading"], state: "connected" | "lost" = "connected") =>
    ({ reading, enabled: true, grant: { state } }) as AccountView;
  expect(readingLine(account(undefined), now)).toBeUndefined();
  expect(readingLine(account({}), now)).toBe("Replies not read yet.");
  const last_read_at = "2026-11-20T11:55:00Z";
  expect(readingLine(account({ last_read_at }), now)).toMatch(/^Replies last read today/);
  const failure = { detail: "the server hung up", since: "2026-11-20T11:58:00Z" };
  expect(readingLine(account({ last_read_at, failure }), now)).toMatch(/Reading fails since .*: the server hung up\.$/);
  expect(readingLine(account({ last_read_at }, "lost"), now)).toBeUndefined();
  const anew = account({ last_read_at, failure });
  if (anew.grant) anew.grant.connected_at = "2026-11-20T11:59:00Z";
  expect(readingLine(anew, now)).toMatch(/^Replies last read today [\d:]+\.$/);
});
