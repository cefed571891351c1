// Tasks: their text and the link to where they are done are shown on any screen.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const CHAT = "Write to Elena from your own phone, Elena Marsh";
const WORDS = "Hi Elena, Maya here. Did the booking page open on your phone?";
const done = "PATCH /api/tasks/task_5";

/** Tests do not open chats. */
const stayHere = (page: Page) => page.context().route("https://wa.me/**", (route) => route.abort());

for (const width of [1440, 360]) {
  test(`the words to say, to paste and to send, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await stayHere(page);
    const { errors } = await openApp(page, "/", { override: { [done]: {} } });
    const due = page.getByRole("region", { name: "Due" });
    await expect(due.getByText(WORDS)).toBeVisible();
    await expect(due.getByText(/I work with dental practices in Leipzig/)).toBeVisible();
    await expect(due.getByRole("link", { name: /^Open LinkedIn/ })).toHaveAttribute(
      "href",
      "https://www.linkedin.com/in/jonas-brandt",
    );
    await expect(due.getByRole("link", { name: /^Call .+ Femi Balogun$/ })).toHaveAttribute(
      "href",
      "tel:+441174960142",
    );
    const script = due.getByText(/this is Maya from Northquay/);
    const folded = (await script.boundingBox())?.height ?? 0;
    await due.getByRole("button", { name: /^Show all/ }).click();
    expect((await script.boundingBox())?.height).toBeGreaterThan(folded);
    await expect(due.getByRole("button", { name: "Mark as sent: Beth Lawson" })).toBeVisible();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await due.getByRole("button", { name: `Copy text: ${CHAT}` }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(WORDS);
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);

    const chat = page.context().waitForEvent("page");
    await due.getByRole("link", { name: `Open WhatsApp: ${CHAT}` }).click();
    await (await chat).close();
    const asked = page.waitForRequest((r) => r.method() === "PATCH");
    await due.getByRole("button", { name: `Sent: ${CHAT}` }).click();
    expect((await asked).postDataJSON()).toEqual({ done: true, outcome: "done" });
    await expect(page.getByText("Sent: Write to Elena from your own phone. The sequence continues")).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("a task is done where the lead's story tells of it", async ({ page }) => {
  await stayHere(page);
  const { errors } = await openApp(page, "/leads/lead_0", { override: { [done]: {} } });
  const story = page.getByRole("list", { name: "Timeline" });
  await expect(story.getByText(WORDS)).toBeVisible();
  await expect(story.getByRole("link", { name: `Open WhatsApp: ${CHAT}` })).toBeVisible();
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  const asked = page.waitForRequest((r) => r.method() === "PATCH");
  await story.getByLabel(`Log outcome: ${CHAT}`).selectOption({ label: "Sent" });
  expect((await asked).postDataJSON()).toEqual({ done: true, outcome: "done" });
  await expect(page.getByText(/^Sent: Write to Elena/)).toBeVisible();
  expect(errors).toEqual([]);
});

const TASKS = "GET /api/tasks";
const TIMELINE = "GET /api/leads/lead_0/timeline";
const UNCERTAIN = "Did this mail arrive?";

/** A copy that a test may change while the page is open. */
const copyOf = (key: string) => structuredClone(ANSWERS[key]) as { items: Record<string, unknown>[] };

for (const [button, answer, said] of [
  ["Mark as sent", "sent", "Marked as sent"],
  ["Send again", "send_again", "Sending again"],
] as const) {
  test(`whether a message arrived is answered in Today: ${said}`, async ({ page }) => {
    const tasks = copyOf(TASKS);
    const settled = "/api/emails/msg_11/settle";
    page.on("request", (r) => {
      if (r.url().endsWith(settled)) tasks.items = tasks.items.filter((task) => task.title !== UNCERTAIN);
    });
    const { errors } = await openApp(page, "/", { override: { [TASKS]: tasks, [`POST ${settled}`]: {} } });
    const due = page.getByRole("region", { name: "Due" });
    const asked = page.waitForRequest((r) => r.url().endsWith(settled));
    await due.getByRole("button", { name: `${button}: Beth Lawson` }).click();
    expect((await asked).postDataJSON()).toEqual({ answer });
    await expect(page.getByText(said)).toBeVisible();
    await expect(due.getByText(UNCERTAIN)).toHaveCount(0);
    expect(errors).toEqual([]);
  });

  test(`whether a message arrived is answered where the lead's story tells of it: ${said}`, async ({ page }) => {
    const story = copyOf(TIMELINE);
    const entry = story.items.find((item) => item.id === "m2") as { message: Record<string, unknown> };
    Object.assign(entry.message, { state: "uncertain", delivered_at: null, first_opened_at: null });
    const settled = "/api/emails/m2/settle";
    page.on("request", (r) => {
      if (r.url().endsWith(settled)) entry.message.state = "accepted";
    });
    const { errors } = await openApp(page, "/leads/lead_0", {
      override: { [TIMELINE]: story, [`POST ${settled}`]: {} },
    });
    const told = page.getByRole("list", { name: "Timeline" });
    await expect(told.getByText("Delivery uncertain")).toBeVisible();
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await violationsInBothThemes(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    const asked = page.waitForRequest((r) => r.url().endsWith(settled));
    await told.getByRole("button", { name: `${button}: E-mail, step 2` }).click();
    expect((await asked).postDataJSON()).toEqual({ answer });
    await expect(page.getByText(said)).toBeVisible();
    await expect(told.getByText("Delivery uncertain")).toHaveCount(0);
    expect(errors).toEqual([]);
  });
}

test("a question that was answered meanwhile stays open, and says why", async ({ page }) => {
  await openApp(page, "/");
  const due = page.getByRole("region", { name: "Due" });
  await due.getByRole("button", { name: "Send again: Beth Lawson" }).click();
  await expect(page.getByText("Could not save your answer")).toBeVisible();
  await expect(due.getByRole("button", { name: "Send again: Beth Lawson" })).toBeEnabled();
});
