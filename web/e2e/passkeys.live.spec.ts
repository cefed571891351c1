// Passkeys at a running installation, with the virtual authenticator of Chromium.
import { expect, type Page, test } from "@playwright/test";
import { ready, silent, url, visit } from "./live";

const STAMP = Date.now();
const EMAIL = `maya@passkeys-${STAMP}.example`;
const PASSWORD = "a long password";
const SOON = { timeout: 30_000 };

/** A phone that checks its owner without asking, and keeps what it makes. */
async function plugIn(page: Page) {
  const browser = await page.context().newCDPSession(page);
  await browser.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const keys = async () => (await browser.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  const verifies = (isUserVerified: boolean) =>
    browser.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  return { keys, verifies };
}

const inside = (page: Page) => page.waitForURL((at) => at.pathname === "/", SOON);

async function signOut(page: Page) {
  await page.getByRole("button", { name: /your menu$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible(SOON);
}

test("a passkey is added, signs in alone and as the second step, and is removed", async ({ browser, request }) => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(90_000);
  const account = { email: EMAIL, password: PASSWORD, name: "Maya", workspace_name: "Passkeys" };
  const answer = await request.post(`${url}/api/auth/signup`, { data: account });
  expect(answer.ok(), await answer.text()).toBe(true);
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  const errors = silent(page);
  const device = await plugIn(page);
  const byPassword = async () => {
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await visit(page, "/sign-in");
  await byPassword();
  await inside(page);
  await ready(page);

  await visit(page, "/settings/profile");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const codes = page.getByRole("dialog", { name: "Your recovery codes" });
  await expect(codes.getByRole("listitem")).toHaveCount(10, SOON);
  await codes.getByRole("button", { name: "I have saved them" }).click();
  const passkeys = page.getByRole("region", { name: "Passkeys" });
  await expect(passkeys.getByText("Not used yet.", { exact: false })).toBeVisible();
  const [key] = await device.keys();
  expect(key).toMatchObject({ isResidentCredential: true, rpId: new URL(url ?? "").hostname });

  // The device may offer the passkey by itself on the page to sign in: it asks nobody. Here it does not until it is pressed.
  await device.verifies(false);
  await signOut(page);
  await device.verifies(true);
  await page.getByRole("button", { name: "Continue with a passkey" }).click();
  await inside(page);
  await visit(page, "/settings/profile");
  await expect(passkeys.getByText("Last used", { exact: false })).toBeVisible();

  await device.verifies(false);
  await signOut(page);
  await byPassword();
  await expect(page.getByRole("heading", { name: "Use your passkey" })).toBeVisible(SOON);
  await device.verifies(true);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await inside(page);

  await visit(page, "/settings/profile");
  await passkeys.getByRole("button", { name: /^Remove / }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByText("Passkey removed")).toBeVisible(SOON);
  await device.verifies(false);
  await signOut(page);
  await byPassword();
  await inside(page);
  expect(errors).toEqual([]);
  await page.context().close();
});
