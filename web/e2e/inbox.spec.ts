// Writing in the inbox while messages arrive: the open conversation stays, and no letter becomes a command.
import { expect, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";

interface Listed {
  items: { lead_id: string; lead_name: string; unread: number; last_at: string; snippet: string }[];
}
const INBOX = "GET /api/inbox";
const before = ANSWERS[INBOX] as Listed;

test("an answer that arrives changes nothing for who is writing", async ({ page }) => {
  const [first] = before.items;
  if (!first) throw new Error("The recording has no conversation.");
  const thread = { ...(ANSWERS["GET /api/inbox/lead_2"] as object) };
  await openApp(page, "/inbox", { override: { [`GET /api/inbox/${first.lead_id}`]: thread } });
  await expect(page).toHaveURL(new RegExp(`lead=${first.lead_id}`));
  const moves: string[] = [];
  page.on("request", (r) => {
    const path = new URL(r.url()).pathname;
    if (r.method() === "POST" && path.startsWith("/api/inbox/")) moves.push(path);
  });
  const box = page.getByRole("textbox", { name: "Message" });
  await box.click();
  await page.keyboard.type("Thank you, ");
  const newcomer = {
    ...first,
    lead_id: "lead_11",
    lead_name: "Beth Lawson",
    unread: 1,
    last_at: "2026-11-17T10:42:00Z",
  };
  const after = { ...before, items: [newcomer, ...before.items] };
  const asked = page.waitForResponse((r) => new URL(r.url()).pathname === "/api/inbox");
  await page.route("**/api/inbox?**", (route) => route.fulfill({ json: after }));
  await asked;
  const mark = page.getByRole("button", { name: "1 new", exact: true });
  await expect(mark).toBeVisible();
  await page.keyboard.type("here are the prices");
  await expect(box).toBeFocused();
  await expect(box).toHaveValue("Thank you, here are the prices");
  await expect(page).toHaveURL(new RegExp(`lead=${first.lead_id}`));
  const list = page.getByRole("list", { name: "Conversations" });
  await expect(list.getByRole("button").first()).toContainText(first.lead_name);
  expect(moves.filter((path) => path.endsWith("/done"))).toEqual([]);
  await mark.click();
  await expect(list.getByRole("button").first()).toContainText("Beth Lawson");
  await expect(page).toHaveURL(new RegExp(`lead=${first.lead_id}`));
  await expect(box).toHaveValue("Thank you, here are the prices");
});
