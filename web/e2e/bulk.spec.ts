// Many leads changed at once: owner and tags, each with its way back.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const TWO = ["lead_0", "lead_1"];

async function tickTwo(page: Page) {
  await page.getByRole("checkbox", { name: "Select Elena Marsh", exact: true }).check();
  await page.getByRole("checkbox", { name: "Select Grace Adeyemi", exact: true }).check();
}

/** The body of the next bulk change. */
async function asked(page: Page, act: () => Promise<unknown>) {
  const request = page.waitForRequest((r) => r.url().endsWith("/api/leads/bulk") && r.method() === "POST");
  await act();
  return (await request).postDataJSON();
}

test("ticked leads are tagged, and Undo takes the tag off again", async ({ page }) => {
  const back = { do: "tag", add: [], remove: ["dentist"] };
  const answer = { matched: 2, changed: 2, skipped: [], job: null, undo: [{ ids: TWO, action: back }] };
  const { errors } = await openApp(page, "/leads", { override: { "POST /api/leads/bulk": answer } });
  await tickTwo(page);
  await page.keyboard.press("t");
  const dialog = page.getByRole("dialog", { name: "Tag 2 leads" });
  await dialog.getByLabel("Tag", { exact: true }).fill("dentist, ");
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  const tag = dialog.getByRole("button", { name: "Tag 2 leads" });
  expect(await asked(page, () => tag.click())).toEqual({
    ids: TWO,
    action: { do: "tag", add: ["dentist"], remove: [] },
  });
  await expect(page.getByText("Tagged 2 leads dentist")).toBeVisible();
  const undo = page.getByRole("button", { name: /^Undo/ });
  expect(await asked(page, () => undo.click())).toEqual({ ids: TWO, action: back });
  expect(errors).toEqual([]);
});

test("ticked leads are given to a colleague, and Undo gives each back to whose it was", async ({ page }) => {
  const undo = [
    { ids: ["lead_0"], action: { do: "assign", owner: "user_1" } },
    { ids: ["lead_1"], action: { do: "assign", owner: null } },
  ];
  const answer = { matched: 2, changed: 2, skipped: [], job: null, undo };
  const { errors } = await openApp(page, "/leads", { override: { "POST /api/leads/bulk": answer } });
  await tickTwo(page);
  const owner = page.getByLabel("Assign selected leads to an owner");
  expect(await violationsInBothThemes(page)).toEqual([]);
  const names = await owner.locator("option").allTextContents();
  const colleague = names.find((name) => !["Assign to", "Unassigned"].includes(name)) ?? "";
  const given = await asked(page, () => owner.selectOption({ label: colleague }));
  expect(given).toMatchObject({ ids: TWO, action: { do: "assign" } });
  expect(given.action.owner).toMatch(/^user_/);
  await expect(page.getByText(`Assigned 2 leads to ${colleague}`)).toBeVisible();
  const returned: unknown[] = [];
  page.on("request", (r) => {
    if (r.url().endsWith("/api/leads/bulk")) returned.push(r.postDataJSON());
  });
  await page.keyboard.press("z");
  await expect.poll(() => returned).toEqual(undo);
  expect(errors).toEqual([]);
});
