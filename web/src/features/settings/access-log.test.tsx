import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { AccessLogSection } from "./access-log";

const access = (id: string, more: object) => ({
  id,
  kind: "signed_in",
  by: "user_1",
  device: "Firefox on Linux",
  network: "4f1a90bc",
  leads: null,
  at: "2026-11-17T10:42:00Z",
  ...more,
});

const open = (pages: unknown) =>
  renderPage(AccessLogSection, "/settings/access-log", "/settings/access-log", {
    "GET /api/settings/access-log": pages,
    "GET /api/team": { items: [{ id: "user_1", name: "Maya Okafor", role: "owner" }], total: 1 },
    "GET /api/keys": { items: [{ id: "key_1", name: "Website form" }], total: 1 },
  });

test("each entry says who did what, and from where", async () => {
  open({
    items: [
      access("access_4", { kind: "key_used", by: "key_1", device: null }),
      access("access_3", { kind: "exported", leads: 1_204 }),
      access("access_2", { kind: "sign_in_refused", network: "00c0ffee" }),
      access("access_1", { by: "user_9" }),
    ],
    next_cursor: null,
  });
  const words = async (name: string) => {
    const row = (await screen.findByText(name)).closest("tr");
    if (!row) throw new Error("a row");
    return within(row);
  };
  (await words("Website form")).getByText("Used an API key");
  (await words("Exported 1,204 leads")).getByText("Maya Okafor");
  const refused = await words("Refused to sign in");
  refused.getByText("Maya Okafor");
  refused.getByText("00c0ffee");
  (await words("user_9")).getByText("Signed in");
});

test("an empty log says what will be in it", async () => {
  open({ items: [], next_cursor: null });
  await screen.findByText("The next sign-in appears here.");
});

test("further entries are read on demand", async () => {
  open({ items: [access("access_2", {})], next_cursor: "next" });
  fireEvent.click(await screen.findByRole("button", { name: "Show more" }));
  await expect.poll(() => screen.getAllByText("Signed in").length).toBeGreaterThan(1);
});
