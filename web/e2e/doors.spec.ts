// The pages before somebody is signed in: what they ask for, what they say, and that axe finds nothing.
import { expect, test } from "@playwright/test";
import { NEVER, SESSION } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const SIGN_UP = "GET /api/auth/signup";

const DOORS: [string, string, Record<string, unknown>][] = [
  ["sign-in", "/sign-in", {}],
  ["sign-up", "/sign-up", {}],
  ["sign-up, the first", "/sign-up#code=abcd-efgh-ijkl-mnop", { [SIGN_UP]: { state: "needs_code" } }],
  ["sign-up, closed", "/sign-up", { [SIGN_UP]: { state: "closed" } }],
  ["sign-up, loading", "/sign-up", { [SIGN_UP]: NEVER }],
  ["sign-up, not loaded", "/sign-up", { [SIGN_UP]: undefined }],
];

for (const [name, path, override] of DOORS) {
  test(`${name}: readable wide and on a phone, in both themes`, async ({ page }) => {
    const { errors } = await openApp(page, path, { signedOut: true, override });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      expect(await violationsInBothThemes(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    expect(errors).toEqual([]);
  });
}

test("the first sign-up sends the code of its link, and asks for one where there is none", async ({ page }) => {
  const override = { [SIGN_UP]: { state: "needs_code" }, "POST /api/auth/signup": SESSION };
  await openApp(page, "/sign-up#code=abcd-efgh-ijkl-mnop", { signedOut: true, override });
  await expect(page.getByLabel("Setup code")).toHaveValue("abcd-efgh-ijkl-mnop");
  await page.getByLabel("Setup code").fill("");
  await page.getByLabel("Your name").fill("Maya Okafor");
  await page.getByLabel("Company").fill("Northquay");
  await page.getByLabel("E-mail").fill("maya@harbour");
  await page.getByLabel("Password").fill("a long password");
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page.getByText("Enter the setup code.")).toBeVisible();
  await expect(page.getByText("Check the part after @: harbour is not a domain.")).toBeVisible();
  await page.getByLabel("Setup code").fill("abcd efgh ijkl mnop");
  await page.getByLabel("E-mail").fill("maya@northquay.example");
  const sent = page.waitForRequest((request) => request.method() === "POST");
  await page.getByRole("button", { name: "Create workspace" }).click();
  expect((await sent).postDataJSON()).toMatchObject({ setup_code: "abcd efgh ijkl mnop" });
});

test("a closed installation says whom to ask", async ({ page }) => {
  await openApp(page, "/sign-up", { signedOut: true, override: { [SIGN_UP]: { state: "closed" } } });
  await expect(page.getByRole("heading", { name: "By invitation" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Create workspace" })).toHaveCount(0);
});
