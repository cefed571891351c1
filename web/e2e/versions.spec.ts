// Publishing a new version of a sequence with active leads: the changes and the leads concerned are shown, the choice
// is made by keyboard, and sent.
import { mkdirSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const shots = process.env.SHOTS;
const ROLLOUT = {
  id: "rollout_3",
  version: 8,
  people: "now",
  mapping: {},
  campaigns: 1,
  ordered_at: "2026-11-17T10:42:00Z",
  by: "user_1",
  finished_at: null,
  under_way: 1590,
  moved: 0,
  bound: 0,
  exited: 0,
};

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`publishing shows what changes and moves people where they are told to go, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const sent: Record<string, unknown>[] = [];
    const { errors } = await openApp(page, "/sequences/sequence_1", {
      override: {
        "PATCH /api/sequences/sequence_1": {
          id: "sequence_1",
          name: "Clinic preview",
          version: 8,
          steps: [],
          window: { weekdays: [1], ranges: [] },
          archived: false,
          created_at: "2026-10-08T09:30:00Z",
          updated_at: "2026-11-17T10:42:00Z",
          rev: 10,
        },
        "POST /api/sequences/sequence_1/rollouts": ROLLOUT,
      },
    });
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/rollouts")) sent.push(request.postDataJSON());
    });
    await page.getByLabel("Name").fill("Clinic preview, shorter");
    await page.getByRole("button", { name: "Wed", exact: true }).click();
    await page.keyboard.press("Control+s");
    const dialog = page.getByRole("dialog");
    const changes = dialog.getByRole("list", { name: "Version 8 compared with version 7" });
    await expect(changes.getByRole("listitem")).toHaveCount(5);
    await expect(changes.getByRole("listitem").nth(0)).toContainText("one minute?");
    await expect(changes.getByText("step 3, now step 2")).toBeVisible();
    const opens = changes.getByRole("listitem").nth(4);
    await expect(opens).toContainText("was: Mon–Fri 09:00–17:00, not on public holidays");
    await expect(opens).toContainText("is: Mon, Tue, Thu, Fri 09:00–17:00, not on public holidays");
    await expect(dialog.getByRole("row", { name: /Removed/ })).toContainText("386");
    await expect(dialog.getByText("1,590 leads", { exact: true })).toBeVisible();
    await dialog.getByRole("radio", { name: /^Keep them/ }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(dialog.getByRole("radio", { name: /^Move them now/ })).toBeChecked();
    await expect(dialog.getByText(/^3 leads are missing a value that a text needs/)).toBeVisible();
    const target = dialog.getByLabel("Step 2, E-mail: Same thread");
    await expect(target).toHaveValue("step_3");
    await target.selectOption({ label: "Remove from the sequence" });
    if (shots) {
      mkdirSync(shots, { recursive: true });
      await page.screenshot({ path: `${shots}/publish-${width}.png` });
    }
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await dialog.getByRole("button", { name: "Publish version 8" }).click();
    await expect(dialog).toHaveCount(0);
    expect(sent).toEqual([{ version: 8, people: "now", mapping: { step_2: "exit" } }]);
    await expect(page.getByText("912 moved, 12 at their next step, 3 removed of 1,590")).toBeVisible();
    await expect(page.getByText("Text of 1 step corrected", { exact: false })).toBeVisible();
    if (shots) await page.screenshot({ path: `${shots}/versions-${width}.png` });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });
}

test("what the server has against it is said in the dialog, and nothing is lost", async ({ page }) => {
  await openApp(page, "/sequences/sequence_1");
  await page.getByLabel("Name").fill("Clinic preview, shorter");
  await page.keyboard.press("Control+s");
  await page.getByRole("dialog").getByRole("button", { name: "Publish version 8" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByLabel("Name")).toHaveValue("Clinic preview, shorter");
});
