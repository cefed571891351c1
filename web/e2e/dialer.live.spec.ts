// The journeys through a running installation that go with dialer.spec.ts.
import { expect, type Page, test } from "@playwright/test";
import { demo, signedIn, signIn, silent, visit } from "./live";
import { awakePhone } from "./morning";

const bar = (page: Page) => page.getByRole("region", { name: "Call", exact: true });

test.describe("a call at a running installation", () => {
  test.skip(!demo, "LEADFLOW_URL, LEADFLOW_EMAIL and LEADFLOW_PASSWORD are not set");
  test.setTimeout(240_000);

  test("rings the user, connects the lead, and is logged with one key", async ({ page }) => {
    const errors = silent(page);
    const api = await signedIn(page.request);
    const phone = await awakePhone(page, api);
    const email = `ida@dialer-${Date.now()}.example`;
    const lead = await api.post("/api/leads", { first_name: "Ida", last_name: "Vance", email, phone });
    await signIn(page);
    await visit(page, `/leads/${lead.id}`);
    await page.getByRole("button", { name: /^Call \+/ }).click();
    // What lies between passes in seconds on the fast clock: a slow browser may see none of it.
    await expect(bar(page).getByRole("status")).toHaveText(/^Call ended, /, { timeout: 120_000 });
    await page.keyboard.press("1");
    await expect(bar(page)).toBeHidden();
    await expect
      .poll(async () => JSON.stringify(await api.get("/api/calls?user=me")), { timeout: 30_000 })
      .toMatch(new RegExp(`"lead_id":"${lead.id}"[^}]*"outcome":"connected"[^}]*"call_seconds":\\d+`));
    expect(errors).toEqual([]);
  });
});
