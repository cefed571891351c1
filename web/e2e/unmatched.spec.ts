// Unmatched messages: one is linked to a lead, one becomes a lead, one is dismissed and brought back; by keyboard, too.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { violations } from "./axe";

const LIST = "/api/inbox/unmatched";

const message = (id: string, from: string, from_name: string, text: string) => ({
  ...{ id, channel: "email", from, from_name, subject: "Your message", text, received_at: "2026-11-17T09:30:00Z" },
  understood: { kind: "person", intent: "question", rule: "asks", sentence: text, by: "rules" },
});

const WAITING = [
  message("unmatched_1", "marcus.private@elsewhere.example", "Marcus Hale", "Is Tuesday still free?"),
  message("unmatched_2", "wim@newcomer.example", "Wim de Vries", "Do you also work in Ghent?"),
  message("unmatched_3", "shop@adverts.example", "", "Cheap chairs, today only"),
];

/** Plays the server's part for a list from which messages are linked, dismissed and restored. */
async function openUnmatched(page: Page) {
  const asked: { path: string; body: Record<string, unknown> }[] = [];
  let gone: string[] = [];
  const opened = await openApp(page, "/inbox?folder=unmatched", {
    override: {
      [`GET ${LIST}`]: { items: WAITING, next_cursor: null },
      [`GET ${LIST}/unmatched_1/suggestions`]: {
        leads: [
          {
            ...{ id: "lead_2", name: "Marcus Hale", company: "Hale & Daughters Dental", fits: "thread" },
            email: "marcus@haledental.example",
          },
        ],
      },
    },
  });
  await page.route(
    (url) => url.pathname.startsWith(LIST) || url.pathname === "/api/leads",
    async (route) => {
      const request = route.request();
      const path = new URL(request.url()).pathname;
      if (request.method() === "GET" && path !== LIST) return route.fallback();
      if (request.method() === "POST") {
        asked.push({ path, body: request.postDataJSON() ?? {} });
        if (path === "/api/leads") return route.fulfill({ status: 201, json: { id: "lead_2" } });
        const [id, action] = path.slice(LIST.length + 1).split("/");
        gone = action === "restore" ? gone.filter((one) => one !== id) : [...gone, id ?? ""];
        if (action !== "link") return route.fulfill({ json: WAITING.find((m) => m.id === id) });
        return route.fulfill({
          status: 202,
          json: { lead_id: "lead_2", lead_name: "Marcus Hale", message_id: newest() },
        });
      }
      return route.fulfill({ json: { items: WAITING.filter((m) => !gone.includes(m.id)), next_cursor: null } });
    },
  );
  await page.getByText("Is Tuesday still free?").waitFor();
  return { asked, ...opened };
}

/** The message of the recorded conversation that stands for the one that was linked. */
const newest = () => {
  const { messages } = ANSWERS["GET /api/inbox/lead_2"] as { messages: { id: string }[] };
  return messages.at(-1)?.id ?? "";
};

test("a message is linked to a suggested lead, and answered in its conversation", async ({ page }) => {
  const { asked, errors } = await openUnmatched(page);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("l");
  const dialog = page.getByRole("dialog", { name: "Link to a lead" });
  await dialog.getByText("In this thread").waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("radio", { name: /Marcus Hale/ }).check();
  await dialog.getByRole("button", { name: "Link and reply" }).click();
  await expect(page.getByRole("textbox", { name: "Message" })).toBeFocused();
  await expect(page).toHaveURL(/lead=lead_2/);
  expect(asked).toEqual([{ path: `${LIST}/unmatched_1/link`, body: { lead_id: "lead_2", learns_address: true } }]);
  expect(errors).toEqual([]);
});

test("a message becomes a lead with the sender's name and address", async ({ page }) => {
  const { asked, errors } = await openUnmatched(page);
  await page.keyboard.press("j");
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "Create a lead" });
  await expect(dialog.getByLabel("First name")).toHaveValue("Wim");
  await expect(dialog.getByLabel("Last name")).toHaveValue("de Vries");
  await dialog.getByLabel("Company").fill("Newcomer");
  await dialog.getByRole("button", { name: "Create lead and reply" }).click();
  await expect(page).toHaveURL(/lead=lead_2/);
  expect(asked[0]?.body).toMatchObject({ first_name: "Wim", email: "wim@newcomer.example", company: "Newcomer" });
  expect(asked[1]?.path).toBe(`${LIST}/unmatched_2/link`);
  expect(errors).toEqual([]);
});

test("a message is dismissed and brought back", async ({ page }) => {
  const { errors } = await openUnmatched(page);
  const item = page.getByRole("listitem").filter({ hasText: "Cheap chairs" });
  await item.getByRole("button", { name: /Dismiss/ }).click();
  await expect(item).toBeHidden();
  await page.getByRole("button", { name: /Undo/ }).click();
  await expect(item).toBeVisible();
  expect(errors).toEqual([]);
});

for (const width of [390, 1440]) {
  test(`unmatched messages fit a page ${width} px wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await openUnmatched(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
    await page.getByRole("button", { name: /Link/ }).first().click();
    await page.getByRole("dialog").getByText("In this thread").waitFor();
    await page.screenshot({ path: test.info().outputPath(`unmatched-${width}.png`) });
  });
}
