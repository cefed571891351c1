import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { renderPage } from "@/test-page";
import type { AccountView } from "./queries";
import { AccountTrouble } from "./trouble";

const failing = {
  ...{ id: "account_1", name: "Sales", kind: "smtp", enabled: true, state: "failing" },
  last_error: { at: "2026-11-17T09:12:00Z", detail: "535 authentication failed", count: 1 },
} as unknown as AccountView;
const open = (role: Schema["Role"]) =>
  renderPage(() => <AccountTrouble accounts={[failing]} />, "/today", "/today", {}, role);

test("a rep who sees a failing mailbox reads who can change it, and may try it again", async () => {
  open("rep");
  expect(await screen.findByText("An admin can change the account.")).toBeDefined();
  expect(screen.getByRole("button", { name: "Try again" })).toBeDefined();
});

test("an admin is not sent to an admin", async () => {
  open("admin");
  await screen.findByRole("link", { name: "Sales" });
  expect(screen.queryByText("An admin can change the account.")).toBeNull();
});
