// The journeys through a running installation that go with sign-in.spec.ts.
import { createHmac } from "node:crypto";
import { type APIRequestContext, type Browser, expect, test } from "@playwright/test";
import { ready, silent, url, visit } from "./live";

const STAMP = Date.now();
const PASSWORD = "a long password";
const SOON = { timeout: 30_000 };

/** The six digits that an authenticator app shows: RFC 6238, of an implementation of its own. */
function authenticatorCode(secret: string, now: number): string {
  const bits = [...secret]
    .map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const start = (digest[19] ?? 0) & 15;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The installation's clock, which runs faster than ours in a sandbox. */
async function clockOf(request: APIRequestContext): Promise<number> {
  const answer = await request.get(`${url}/api/auth/signup`);
  return Date.parse(answer.headers().date ?? "");
}

async function newcomer(request: APIRequestContext, browser: Browser, who: string) {
  const email = `${who}-${STAMP}@sign-in-${STAMP}.example`;
  const account = { email, password: PASSWORD, name: "Maya", workspace_name: "Sign-in" };
  const answer = await request.post(`${url}/api/auth/signup`, { data: account });
  expect(answer.ok(), await answer.text()).toBe(true);
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  const signIn = async () => {
    await visit(page, "/sign-in");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  const signOut = async () => {
    await page.getByRole("button", { name: /your menu$/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible(SOON);
  };
  const inside = () => page.waitForURL((at) => at.pathname === "/", SOON);
  return { page, errors: silent(page), signIn, signOut, inside };
}

test("an authenticator app is set up, and a recovery code signs in once", async ({ browser, request }) => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(60_000);
  const { page, errors, signIn, signOut, inside } = await newcomer(request, browser, "app");
  await signIn();
  await inside();
  await ready(page);
  await visit(page, "/settings/profile");
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const key = page.getByRole("dialog").getByText(/^[A-Z2-7]{4}( [A-Z2-7]{4}){7}$/);
  const secret = ((await key.textContent()) ?? "").replaceAll(" ", "");
  await page
    .getByRole("dialog")
    .getByRole("textbox", { name: "Code" })
    .fill(authenticatorCode(secret, await clockOf(request)));
  await page.getByRole("dialog").getByRole("button", { name: "Switch on" }).click();
  const codes = page.getByRole("dialog", { name: "Your recovery codes" });
  const recovery = (await codes.getByRole("listitem").first().textContent()) ?? "";
  await codes.getByRole("button", { name: "I have saved them" }).click();
  await expect(page.getByText("10 recovery codes are left.")).toBeVisible();
  await signOut();
  await signIn();
  await page.getByLabel("Code").fill(recovery);
  await page.keyboard.press("Enter");
  await inside();
  await signOut();
  await signIn();
  await page.getByLabel("Code").fill(recovery);
  await page.keyboard.press("Enter");
  await expect(page.getByText("is wrong, or was used before")).toBeVisible();
  expect(errors).toEqual([]);
  await page.context().close();
});

test("an account at Google is connected in the profile and signs in from then on", async ({ browser, request }) => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(60_000);
  const { page, errors, signIn, signOut, inside } = await newcomer(request, browser, "google");
  const google = `maya-${STAMP}@gmail.example`;
  const atGoogle = async () => {
    await page.getByLabel("Another account").fill(google);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await visit(page, "/sign-in");
  await page.getByRole("button", { name: "Continue with Google" }).click();
  await atGoogle();
  await expect(page.getByText("Sign in with your password, then connect it in your profile.")).toBeVisible(SOON);
  await signIn();
  await inside();
  await visit(page, "/settings/profile");
  await page.getByRole("button", { name: "Connect Google" }).click();
  await atGoogle();
  await page.waitForURL((at) => at.pathname === "/settings/profile", SOON);
  await expect(page.getByText(google, { exact: false })).toBeVisible();
  await signOut();
  await page.getByRole("button", { name: "Continue with Google" }).click();
  await atGoogle();
  await inside();
  expect(errors).toEqual([]);
  await page.context().close();
});
