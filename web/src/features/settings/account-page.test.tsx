import { cleanup, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { renderPage } from "@/test-page";
import { AccountPage } from "./account-page";

const open = (role: Schema["Role"], address = "maya@one.example") =>
  renderPage(
    AccountPage,
    "/settings/$section/$id",
    "/settings/mailboxes/account_1",
    {
      "GET /api/settings/accounts/account_1": {
        id: "account_1",
        name: "Maya",
        kind: "smtp",
        enabled: true,
        settings: { kind: "smtp", host: "smtp.example", port: 587, from_address: address },
        ahead: [],
        hours_today: [],
        ramp: [],
        campaigns: [],
        days_off: [],
        created_at: "2026-11-01T09:00:00Z",
      },
    },
    role,
  );
const CHANGES = { name: /^(Switch off|Change)$/ };

test("an account is switched off and changed by an admin", async () => {
  open("admin");
  await screen.findByRole("region", { name: "Health" });
  expect(new Set(screen.getAllByRole("button", CHANGES).map((b) => b.textContent))).toEqual(
    new Set(["Switch off", "Change"]),
  );
  expect(screen.queryByText("Ask an admin to change this.")).toBeNull();
});

test("a rep may pause their own mailbox and no other, and is told who changes it", async () => {
  open("rep");
  expect(await screen.findByText("Ask an admin to change this.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Pause" })).toBeNull();
  cleanup();
  open("rep", "maya@example.test");
  expect(await screen.findByText("Ask an admin to change this.")).toBeTruthy();
  expect(screen.queryAllByRole("button", CHANGES)).toEqual([]);
  expect(screen.getAllByRole("button", { name: "Pause" }).length).toBeGreaterThan(0);
});
