// The owners of new leads: rules are added, sorted and tried, and the timeline tells which one decided.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const [width, height] of [
  [1440, 900],
  [390, 844],
  [320, 640],
] as const) {
  test(`a routing rule is added by keyboard and the next owners are shown, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/settings/routing");
    const rules = page.getByRole("list", { name: "Routing rules" });
    await expect(rules).toContainText("From United Kingdom or Ireland: Maya Okafor, Tom Asher, in turn");
    const next = page.getByRole("list", { name: "Next owners" });
    await expect(next.getByRole("listitem")).toHaveCount(10);
    await expect(next.getByRole("listitem").nth(1)).toContainText("Tom Asherby British Isles");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Add a rule" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add rule" }).press("Enter");
    await expect(dialog.getByText("Enter a name.")).toBeVisible();
    await expect(dialog.getByText("Choose at least one team member.")).toBeVisible();
    await dialog.getByLabel("Name").fill("Germany");
    for (const country of ["DE", "Austria"]) {
      await dialog.getByRole("combobox", { name: "Countries" }).fill(country);
      await page.keyboard.press("Enter");
    }
    await dialog.getByLabel("Give them").selectOption("least_load");
    await dialog.getByLabel("Tom Asher").press("Space");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const sent = page.waitForRequest((request) => request.method() === "PUT");
    await dialog.getByRole("button", { name: "Add rule" }).press("Enter");
    const body = (await sent).postDataJSON();
    expect(body).toMatchObject({ rev: 3, otherwise: { how: "least_load" } });
    expect(body.rules[2]).toEqual({
      name: "Germany",
      when: { countries: ["DE", "AT"], regions: [], sources: [], tags: [] },
      assign: { how: "least_load", users: ["user_2"] },
    });
    await expect(dialog).toHaveCount(0);
    const moved = page.waitForRequest((request) => request.method() === "PUT");
    await page.getByRole("button", { name: "Move Partners up" }).press("Enter");
    expect((await moved).postDataJSON().rules.map((rule: { name: string }) => rule.name)).toEqual([
      "Partners",
      "British Isles",
    ]);
    expect(errors).toEqual([]);
  });
}

test("the timeline says who got the lead and by which rule", async ({ page }) => {
  await openApp(page, "/leads/lead_0");
  const entry = page.getByRole("listitem").filter({ hasText: "Assigned to Maya Okafor" });
  await expect(entry).toContainText("by the rule “British Isles”");
  await expect(entry).toContainText("Their turn");
});
