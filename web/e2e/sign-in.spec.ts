import { expect, type Page, test } from "@playwright/test";
import { SESSION } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const CHALLENGE = {
  second_factor: { token: "challenge", app: true, passkey: false, expires_at: "2026-11-20T10:05:00Z" },
};
const SETUP = {
  secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
  uri: "otpauth://totp/leadflow:maya@northquay.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=leadflow",
  setup: "sealed",
};
const CODES = Array.from({ length: 10 }, (_, at) => `aaaa-bbbb-cccc-ddd${at}`);
const PROVIDERS = {
  items: [
    { provider: "google", name: "Google" },
    { provider: "oidc", name: "single sign-on" },
  ],
};
const refusal = (status: number, code: string, detail: string, field?: string) => ({
  status,
  json: { type: "about:blank", title: "Refused", status, code, detail, errors: field ? [{ field, detail }] : [] },
});

async function enterPassword(page: Page) {
  await page.getByLabel("E-mail").fill("maya@northquay.example");
  await page.getByLabel("Password").fill("a long password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("a second step asks for the code, says that one is wrong, and signs in by the keyboard", async ({ page }) => {
  const override = { "POST /api/auth/login": CHALLENGE, "POST /api/auth/totp/verify": SESSION };
  await openApp(page, "/sign-in", { signedOut: true, override });
  await enterPassword(page);
  const code = page.getByLabel("Code");
  await expect(code).toBeFocused();
  await expect(code).toHaveAttribute("autocomplete", "one-time-code");
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await code.press("Enter");
  await expect(page.getByText("Enter the code.")).toBeVisible();
  const wrong = refusal(422, "invalid_value", "is wrong, or was used before", "code");
  await page.route("**/api/auth/totp/verify", (route) => route.fulfill(wrong), { times: 1 });
  await code.fill("000000");
  await code.press("Enter");
  await expect(page.getByText("is wrong, or was used before")).toBeVisible();
  await code.fill("123 456");
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/auth/totp/verify"));
  await code.press("Enter");
  expect((await sent).postDataJSON()).toEqual({ token: "challenge", code: "123 456" });
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
});

test("a sign-in that took too long starts again with the password", async ({ page }) => {
  await openApp(page, "/sign-in", { signedOut: true, override: { "POST /api/auth/login": CHALLENGE } });
  await enterPassword(page);
  const late = refusal(401, "challenge_expired", "This sign-in took too long. Sign in again.");
  await page.route("**/api/auth/totp/verify", (route) => route.fulfill(late));
  await page.getByLabel("Code").fill("123456");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("This sign-in took too long. Sign in again.")).toBeVisible();
  await page.getByRole("button", { name: "Start again" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
});

test("a user sets up an authenticator app and is shown the recovery codes once", async ({ page }) => {
  const override = {
    "POST /api/auth/totp": SETUP,
    "POST /api/auth/totp/confirm": { first: { codes: CODES, session: SESSION } },
  };
  await openApp(page, "/settings/profile", { override });
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const dialog = page.getByRole("dialog", { name: "Set up an authenticator app" });
  await expect(dialog.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
  await expect(dialog.getByText("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await dialog.getByRole("textbox", { name: "Code" }).fill("123456");
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/auth/totp/confirm"));
  await dialog.getByRole("button", { name: "Switch on" }).click();
  expect((await sent).postDataJSON()).toEqual({ setup: "sealed", code: "123456" });
  const codes = page.getByRole("dialog", { name: "Your recovery codes" });
  await expect(codes.getByRole("listitem")).toHaveCount(10);
  await page.keyboard.press("Escape");
  await expect(codes).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await codes.getByRole("button", { name: "I have saved them" }).click();
  await expect(codes).toBeHidden();
});

test("the authenticator app is removed once the user has given a code", async ({ page }) => {
  const override = {
    "GET /api/auth/totp": { on: true, has_password: true, since: "2026-11-18T08:02:00Z", recovery_codes_left: 9 },
    "DELETE /api/auth/totp": {},
    "POST /api/auth/confirm": {},
  };
  await openApp(page, "/settings/profile", { override });
  await expect(page.getByText("9 recovery codes are left.")).toBeVisible();
  const stale = refusal(403, "proof_needed", "Confirm that it is you: give your password, a code or a passkey.");
  await page.route("**/api/auth/totp", (route) =>
    route.request().method() === "DELETE" ? route.fulfill(stale) : route.fallback(),
  );
  await page.getByRole("button", { name: "Remove the authenticator app" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(proof.getByLabel("Code")).toBeVisible();
  await expect(proof.getByLabel("Password")).toHaveCount(0);
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.unroute("**/api/auth/totp");
  const wrong = refusal(422, "invalid_value", "is wrong, or was used before", "code");
  await page.route("**/api/auth/confirm", (route) => route.fulfill(wrong), { times: 1 });
  await proof.getByLabel("Code").fill("000000");
  await proof.getByRole("button", { name: "Continue" }).click();
  await expect(proof.getByText("is wrong, or was used before")).toBeVisible();
  await proof.getByLabel("Code").fill("123456");
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/auth/confirm"));
  const removed = page.waitForRequest((request) => request.method() === "DELETE");
  await proof.getByRole("button", { name: "Continue" }).click();
  expect((await sent).postDataJSON()).toEqual({ code: "123456" });
  await removed;
  await expect(page.getByText("Authenticator app removed")).toBeVisible();
});

test("a second step by a passkey says so, and takes a recovery code", async ({ page }) => {
  const challenge = { second_factor: { ...CHALLENGE.second_factor, app: false, passkey: true } };
  const override = { "POST /api/auth/login": challenge, "POST /api/auth/totp/verify": SESSION };
  await openApp(page, "/sign-in", { signedOut: true, override });
  await expect(page.getByRole("button", { name: "Continue with a passkey" })).toBeVisible();
  await enterPassword(page);
  await expect(page.getByRole("heading", { name: "Use your passkey" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Use a passkey" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByLabel("Recovery code").fill("aaaa-bbbb-cccc-ddd1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
});

test("the profile lists passkeys, and renames and removes one", async ({ page }) => {
  const phone = { id: "p1", name: "Maya's phone", added_at: "2026-11-18T08:02:00Z", used_at: null };
  const override = {
    "GET /api/auth/passkeys": { items: [phone] },
    "GET /api/auth/totp": { on: true, has_password: true, since: null, recovery_codes_left: 10 },
    "PATCH /api/auth/passkeys/p1": { ...phone, name: "Old phone" },
    "DELETE /api/auth/passkeys/p1": {},
  };
  await openApp(page, "/settings/profile", { override });
  const passkeys = page.getByRole("region", { name: "Passkeys" });
  await expect(passkeys.getByText("Not used yet.")).toBeVisible();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await passkeys.getByRole("button", { name: "Rename Maya's phone" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Old phone");
  const renamed = page.waitForRequest((request) => request.method() === "PATCH");
  await page.getByRole("dialog").getByRole("button", { name: "Save name" }).click();
  expect((await renamed).postDataJSON()).toEqual({ name: "Old phone" });
  await passkeys.getByRole("button", { name: "Remove Maya's phone" }).click();
  const removed = page.waitForRequest((request) => request.method() === "DELETE");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await removed;
  await expect(page.getByText("Passkey removed")).toBeVisible();
});

test("a sign-up by a provider sends what was entered before, and says what to enter first", async ({ page }) => {
  const override = { "GET /api/auth/providers": PROVIDERS, "GET /api/auth/signup": { state: "open" } };
  await openApp(page, "/sign-up", { signedOut: true, override });
  const google = page.getByRole("button", { name: "Continue with Google" });
  await google.click();
  await expect(page.getByText("Enter your name and your company first.")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByLabel("Your name").fill("Maya Lind");
  await page.getByLabel("Company").fill("Harbour Labs");
  await google.click();
  await page.waitForURL("**/api/auth/google/start");
  const unknown = refusal(409, "email_taken", "This address has a login already. Sign in, then connect the account.");
  await page.route("**/api/auth/provider-sign-up", (route) => route.fulfill(unknown));
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/auth/provider-sign-up"));
  await page.goto("https://app.invalid/signed-in#ticket=sealed");
  expect((await sent).postDataJSON()).toMatchObject({
    ticket: "sealed",
    name: "Maya Lind",
    workspace_name: "Harbour Labs",
  });
  await expect(page.getByText("This address has a login already.", { exact: false })).toBeVisible();
  await expect(page.getByRole("link", { name: "Back to sign up" })).toBeVisible();
});

test("a member whose workspace asks for two steps sets up one before anything else", async ({ page }) => {
  const held = { ...SESSION, second_factor_needed: true };
  const override = {
    "POST /api/auth/refresh": held,
    "GET /api/auth/me": held,
    "POST /api/auth/totp": SETUP,
    "POST /api/auth/totp/confirm": { first: { codes: CODES, session: SESSION } },
  };
  await openApp(page, "/leads", { override });
  await expect(page.getByRole("heading", { name: "Set up a second step" })).toBeVisible();
  await expect(page.getByText("Northquay asks its members for two steps.", { exact: false })).toBeVisible();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Code" }).fill("123456");
  await page.getByRole("dialog").getByRole("button", { name: "Switch on" }).click();
  await page.getByRole("button", { name: "I have saved them" }).click();
  await page.getByRole("button", { name: "Go on to Northquay" }).click();
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
});

test("an admin sees who signs in with one step, and asks the members for two", async ({ page }) => {
  await openApp(page, "/settings/team", { override: { "PATCH /api/settings": {} } });
  await expect(page.getByText("Password only").first()).toBeVisible();
  const rule = page.getByRole("region", { name: "How members sign in" });
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await rule.getByLabel("Second step").selectOption({ label: "Members must use two steps" });
  expect((await sent).postDataJSON()).toEqual({ two_steps_required: true });
});

test("the sign-in page offers the installation's providers, and says what a refused sign-in means", async ({
  page,
}) => {
  const override = { "GET /api/auth/providers": PROVIDERS };
  await openApp(page, "/sign-in", { signedOut: true, override });
  await expect(page.getByRole("button", { name: "Continue with Google" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.goto("about:blank");
  await page.goto("https://app.invalid/signed-in#problem=refused");
  await expect(page.getByText("You did not sign in at the provider.")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  const unknown = refusal(403, "not_connected", "This account is not connected to a login.");
  await page.route("**/api/auth/provider-sign-in", (route) => route.fulfill(unknown));
  await page.evaluate(() => sessionStorage.setItem("leadflow.provider-errand", '{"what":"sign-in"}'));
  await page.goto("about:blank");
  await page.goto("https://app.invalid/signed-in#ticket=sealed");
  await expect(page.getByText("This account is not connected to a login.")).toBeVisible();
  await page.getByRole("link", { name: "Back to sign in" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
});

test("the profile shows which accounts sign in, and disconnects one", async ({ page }) => {
  const google = { provider: "google", email: "maya@gmail.example", connected_at: "2026-11-18T08:02:00Z" };
  const override = {
    "GET /api/auth/providers": PROVIDERS,
    "GET /api/auth/identities": { items: [google] },
    "DELETE /api/auth/identities/google": {},
  };
  await openApp(page, "/settings/profile", { override });
  const ways = page.getByRole("region", { name: "Sign-in ways" });
  await expect(ways.getByText("maya@gmail.example", { exact: false })).toBeVisible();
  await expect(ways.getByRole("button", { name: "Connect single sign-on" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  const sent = page.waitForRequest((request) => request.method() === "DELETE");
  await ways.getByRole("button", { name: "Disconnect Google" }).click();
  expect((await sent).url()).toContain("/api/auth/identities/google");
  await expect(page.getByText("Account disconnected")).toBeVisible();
});
