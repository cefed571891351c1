// Releasing all leads of a campaign that are held for one reason: from the queue, and from the campaign's list of held
// leads.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const CAMPAIGN = "GET /api/campaigns/campaign_1";
const RELEASE = "/api/campaigns/campaign_1/release";
const PEOPLE = "/api/campaigns/campaign_1/enrolments";
const HELD = "/api/campaigns/held";

const recorded = (path: string) => (ANSWERS[`GET ${path}`] as { items: { hold_reason?: string }[] }).items;
const missingValues = [0, 1, 2].map((i) => ({
  ...recorded(HELD).find((one) => one.hold_reason === "missing_value"),
  lead_id: `lead_${i}`,
}));
const away = recorded(PEOPLE).filter((one) => one.hold_reason === "out_of_office");

/** From now on no lead is held for this reason. */
const letGo = (page: Page, path: string, left: object[]) =>
  page.route(`**${path}?**`, (route) => route.fulfill({ json: { items: left, total: left.length } }));

for (const width of [1440, 320]) {
  test(`from the queue, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const { errors } = await openApp(page, "/queue", {
      override: { [`GET ${HELD}`]: { items: missingValues, total: 3 }, [`POST ${RELEASE}`]: ANSWERS[CAMPAIGN] },
    });
    const held = page.getByRole("region", { name: "Held", exact: true });
    await expect(held.getByRole("row")).toHaveCount(4);
    await expect(held.getByRole("button", { name: /^Release all/ })).toHaveCount(0);
    await held.getByLabel("Hold reason").selectOption({ label: "Missing value" });
    const all = held.getByRole("button", { name: "Release all 3: Missing value, Spring opticians" });
    await expect(all).toBeVisible();
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await all.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Release all 3 in Spring opticians?" });
    await expect(dialog).toContainText(
      "Released leads resume within an hour, within sending windows, hours and limits",
    );
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await letGo(page, HELD, []);
    const sent = page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith(RELEASE));
    await dialog.getByRole("button", { name: "Release all 3" }).click();
    expect((await sent).postDataJSON()).toEqual({ reason: "missing_value" });
    await expect(page.getByText("3 leads resume within an hour, within all limits")).toBeVisible();
    await expect(dialog).toBeHidden();
    await expect(held.getByText("No leads held for this reason")).toBeVisible();
    expect(errors).toEqual([]);
  });
}

for (const width of [1440, 390]) {
  test(`from the campaign's page, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const { errors } = await openApp(page, "/campaigns/campaign_1?state=held", {
      override: { [`GET ${PEOPLE}`]: { items: [...missingValues, ...away] }, [`POST ${RELEASE}`]: ANSWERS[CAMPAIGN] },
    });
    const reasons = page.getByRole("list", { name: "Held, by reason" });
    await expect(reasons.getByRole("listitem")).toHaveCount(2);
    await expect(reasons.getByRole("button")).toHaveCount(1);
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await reasons.getByRole("button", { name: /^Release all 3/ }).click();
    const dialog = page.getByRole("dialog", { name: "Release all 3 in Clinics, autumn?" });
    await letGo(page, PEOPLE, away);
    await dialog.getByRole("button", { name: "Release all 3" }).click();
    await expect(page.getByText("3 leads resume within an hour, within all limits")).toBeVisible();
    await expect(reasons.getByRole("listitem")).toHaveText(["Out of office1 lead"]);
    await expect(page.getByText("When the value is filled in")).toHaveCount(0);
    expect(errors).toEqual([]);
  });
}

test("what is refused leaves the question open, with the reason", async ({ page }) => {
  await openApp(page, "/campaigns/campaign_1?state=held", {
    override: { [`GET ${PEOPLE}`]: { items: missingValues } },
  });
  const detail = "Only leads of an active campaign can be released.";
  await page.route(`**${RELEASE}`, (route) =>
    route.fulfill({ status: 409, json: { title: "Conflict", status: 409, code: "illegal_move", detail } }),
  );
  await page.getByRole("button", { name: /^Release all 3/ }).click();
  const dialog = page.getByRole("dialog", { name: "Release all 3 in Clinics, autumn?" });
  await dialog.getByRole("button", { name: "Release all 3" }).click();
  await expect(dialog.getByText(detail)).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: /^Release all 3/ })).toBeVisible();
});
