// What models were asked for, day by day, and what they are told: our prompts with the workspace's instructions.
import { expect, type Page, test } from "@playwright/test";
import { NOW } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const SIZES = [
  [1440, 900],
  [390, 844],
] as const;

const sound = async (page: Page) => {
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
};

const none = { calls: 0, amount: 0 };
const SPEND = {
  month: "2026-11",
  spent: 43_180_000,
  reserved: 270_000,
  month_cap: 150_000_000,
  user_cap: 5_000_000,
  providers: [{ provider: "chat_model", hits: { calls: 410, amount: 43_180_000 }, misses: none, lost: none }],
  users: [],
  columns: [],
  campaigns: [],
  calls: [],
  models: [],
  other_models: { input: 3_000_000, output: 15_000_000 },
  rev: 1,
};

const day = (back: number) => new Date(Date.parse(NOW) - back * 86_400_000).toISOString().slice(0, 10);
const used = (answered: number) => ({
  answered,
  lost: 0,
  turned_down: Math.floor(answered / 8),
  tokens: { prompt: answered * 900, completion: answered * 60 },
  cost: answered * 4_200,
});
const USES = ["opening_line", "column", "rewrite", "reply_draft", "ai_reading"];
const ROWS = Array.from({ length: 30 }, (_, back) => back)
  .filter((back) => back % 7 !== 2)
  .flatMap((back) =>
    USES.map((ai_use, n) => ({
      day: day(back),
      ai_use,
      model: n === 1 ? "large" : "small",
      usage: used(40 - back - 6 * n + ((back * 5) % 11)),
    })),
  )
  .filter(({ usage }) => usage.answered > 0);
const TOTAL = ROWS.reduce((sum, { usage }) => sum + usage.answered, 0);
const USAGE = { from: day(29), to: day(0), total: used(TOTAL), rows: ROWS };

const RULES = "You write the opening line of a business e-mail: one sentence, friendly and plain.";
const prompt = (name: string, more: object = {}) => ({
  name,
  built_in_version: 1,
  built_in_text: RULES,
  takes_instructions: name !== "ai_reading",
  may_be_tried: name === "opening_line" || name === "reply_draft",
  instructions: "",
  version: 0,
  ...more,
});
const OWN = prompt("opening_line", { instructions: "Name the city first.", version: 2, by: "user_1" });
const PROMPTS = {
  items: [
    OWN,
    ...["reply_draft", "rewrite", "sequence", "icp_proposal", "column", "ai_reading"].map((name) => prompt(name)),
  ],
};
const VERSIONS = {
  items: [
    { version: 2, instructions: "Name the city first.", by: "user_1", at: "2026-11-16T09:00:00Z" },
    { version: 1, instructions: "Never mention ratings.", by: "user_1", at: "2026-11-10T09:00:00Z" },
  ],
};

const TRIAL = {
  rules: RULES,
  added: ["Style, which never adds facts: Name the street first."],
  told: [
    { what: "our company", text: "Northquay" },
    { what: "the lead", text: "What does it cost, and how long is the contract?" },
  ],
  answer: "Hello,\n\nit is 49 EUR a month.\n\nMaya",
  turned_down: "the draft says what nobody has said: 49",
  facts: [],
  model: "gpt-5-mini",
  cost: 4_500,
};

const ANSWERS = {
  "GET /api/spend": SPEND,
  "GET /api/ai/usage": USAGE,
  "GET /api/ai/prompts": PROMPTS,
  "GET /api/ai/prompts/opening_line/versions": VERSIONS,
  "GET /api/ai/prompts/ai_reading/versions": { items: [] },
  "GET /api/ai/prompts/reply_draft/versions": { items: [] },
  "POST /api/ai/prompts/reply_draft/try": TRIAL,
  "PUT /api/ai/prompts/opening_line": { ...OWN, version: 3 },
};

for (const [width, height] of SIZES) {
  test(`the use of AI is read as a picture and as a table, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/settings/spend", { override: ANSWERS });
    const plot = page.getByRole("img", { name: /^Questions to models by day/ }).filter({ visible: true });
    await expect(plot).toBeVisible();
    await sound(page);
    await page.screenshot({ path: `test-results/ai-usage-${width}.png`, fullPage: true });
    await page.getByRole("button", { name: "Table" }).click();
    await expect(page.getByRole("table", { name: "Questions by day" })).toBeVisible();
    await sound(page);
    const asked = page.waitForRequest((r) => r.url().includes(`/api/ai/usage?from=${day(6)}`));
    await page.getByLabel("Period").selectOption("7");
    await asked;
    expect(errors).toEqual([]);
  });

  test(`instructions are written, saved and restored, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/settings/prompts", { override: ANSWERS });
    const field = page.getByLabel("Your instructions");
    await expect(field).toHaveValue("Name the city first.");
    await page.getByText("The built-in prompt, version 1").click();
    await expect(page.getByText(RULES)).toBeVisible();
    await sound(page);
    await page.screenshot({ path: `test-results/prompts-${width}.png`, fullPage: true });
    await field.fill("Name the street first.");
    const saved = page.waitForRequest((r) => r.method() === "PUT");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    expect((await saved).postDataJSON()).toEqual({ instructions: "Name the street first.", version: 2 });
    const restored = page.waitForRequest((r) => r.method() === "PUT");
    await page.getByRole("button", { name: "Restore version 1" }).click();
    expect((await restored).postDataJSON()).toEqual({ instructions: "Never mention ratings.", version: 2 });
    await page.getByRole("button", { name: /^AI reading/ }).click();
    await expect(page.getByText("it takes no instructions", { exact: false })).toBeVisible();
    await sound(page);
    expect(errors).toEqual([]);
  });

  test(`instructions are tried on a typed text before they are saved, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/settings/prompts", { override: ANSWERS });
    await page.getByRole("button", { name: /^Reply drafts/ }).click();
    await page.getByLabel("Your instructions").fill("Name the street first.");
    await page.getByRole("button", { name: "Try it" }).click();
    const dialog = page.getByRole("dialog", { name: "Try: Reply drafts" });
    await dialog.getByLabel("A text that you type").check();
    await dialog.getByLabel("Text", { exact: true }).fill("What does it cost, and how long is the contract?");
    const asked = page.waitForRequest((r) => r.url().endsWith("/api/ai/prompts/reply_draft/try"));
    await dialog.getByRole("button", { name: "Try", exact: true }).click();
    expect((await asked).postDataJSON()).toEqual({
      instructions: "Name the street first.",
      text: "What does it cost, and how long is the contract?",
    });
    await expect(dialog.getByText("Turned down", { exact: true })).toBeVisible();
    await dialog.getByText("The finished prompt").click();
    await expect(dialog.getByText("Style, which never adds facts: Name the street first.")).toBeVisible();
    await sound(page);
    await page.screenshot({ path: `test-results/prompt-trial-${width}.png` });
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(page.getByLabel("Your instructions")).toHaveValue("Name the street first.");
    expect(errors).toEqual([]);
  });
}
