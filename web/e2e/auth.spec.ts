// The pages before sign-in: their fields, their messages, and that axe finds nothing.
import { expect, test } from "@playwright/test";
import { NEVER, SESSION } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const SIGN_UP = "GET /api/auth/signup";

const INVITATION = "POST /api/auth/invitation/read";
const OFFER = {
  workspace_name: "Northquay",
  email: "ben@northquay.example",
  name: "Ben",
  role: "rep",
  expires_at: "2026-11-24T10:00:00Z",
};

const DOORS: [string, string, Record<string, unknown>][] = [
  ["sign-in", "/sign-in", {}],
  ["sign-up", "/sign-up", {}],
  ["sign-up, the first", "/sign-up#code=abcd-efgh-ijkl-mnop", { [SIGN_UP]: { state: "needs_code" } }],
  ["sign-up, closed", "/sign-up", { [SIGN_UP]: { state: "closed" } }],
  ["sign-up, loading", "/sign-up", { [SIGN_UP]: NEVER }],
  ["sign-up, not loaded", "/sign-up", { [SIGN_UP]: undefined }],
  ["forgot", "/forgot", {}],
  ["reset", "/reset#token=ws_1.user_1.secret", {}],
  ["reset, without a token", "/reset", {}],
  ["confirm the address, signed out", "/confirm-address#token=sealed", {}],
  ["confirm the address, without a token", "/confirm-address", {}],
  ["invitation", "/invitation#token=ws_1.invitation_1.secret", { [INVITATION]: OFFER }],
  ["invitation, loading", "/invitation#token=ws_1.invitation_1.secret", { [INVITATION]: NEVER }],
  ["invitation, not loaded", "/invitation#token=ws_1.invitation_1.secret", {}],
  ["invitation, without a token", "/invitation", {}],
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

test("who forgot a password is told the same whoever they are, and comes back by the link", async ({ page }) => {
  await openApp(page, "/sign-in", {
    signedOut: true,
    override: { "POST /api/auth/forgot": {}, "POST /api/auth/reset": SESSION },
  });
  await page.getByRole("link", { name: "Forgot it?" }).click();
  // The previous page has a field with the same name.
  await expect(page.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
  await page.getByLabel("E-mail").fill("maya@northquay.example");
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByText("If maya@northquay.example has a login, a link is on its way there.")).toBeVisible();
  await page.goto("about:blank");
  await page.goto("https://app.invalid/reset#token=ws_1.user_1.secret");
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await expect(page.getByText("Choose at least 10 characters.")).toBeVisible();
  await page.getByLabel("New password").fill("a new long password");
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/auth/reset"));
  await page.getByRole("button", { name: "Save and sign in" }).click();
  const request = await sent;
  expect(request.postDataJSON()).toEqual({ token: "ws_1.user_1.secret", password: "a new long password" });
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
});

test("who is invited joins under a name and a password of their own", async ({ page }) => {
  const override = { [INVITATION]: OFFER, "POST /api/auth/invitation": SESSION };
  await openApp(page, "/invitation#token=ws_1.invitation_1.secret", { signedOut: true, override });
  await expect(page.getByRole("heading", { name: "Join Northquay" })).toBeVisible();
  await page.getByLabel("Your name").fill("Benjamin Ashdown");
  await page.getByLabel("Password").fill("a long password");
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/auth/invitation"));
  await page.getByRole("button", { name: "Join" }).click();
  const token = "ws_1.invitation_1.secret";
  expect((await sent).postDataJSON()).toEqual({ token, name: "Benjamin Ashdown", password: "a long password" });
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
});

test("who has a login already joins another workspace by its password", async ({ page }) => {
  const wrong = {
    type: "about:blank",
    title: "Unprocessable",
    status: 422,
    code: "invalid",
    detail: "password is not the password of the login that this address has",
    errors: [{ field: "password", detail: "is not the password of the login that this address has" }],
  };
  const override = { [INVITATION]: { ...OFFER, has_login: true }, "POST /api/auth/invitation": SESSION };
  await openApp(page, "/invitation#token=ws_1.invitation_1.secret", { signedOut: true, override });
  await expect(page.getByText("ben@northquay.example has a login already.")).toBeVisible();
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByText("Enter your password.")).toBeVisible();
  await page.route("**/api/auth/invitation", (route) => route.fulfill({ status: 422, json: wrong }), { times: 1 });
  await page.getByLabel("Your password").fill("guess");
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByText("is not the password of the login that this address has")).toBeVisible();
  await page.getByLabel("Your password").fill("the right one");
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
});

test("a user of two workspaces moves to the other one by the keyboard", async ({ page }) => {
  const there = { ...SESSION, workspace: { ...SESSION.workspace, id: "ws_2", name: "Harbour Labs" } };
  await openApp(page, "/", { override: { "POST /api/auth/switch": there } });
  await page.getByRole("button", { name: /your menu$/ }).press("Enter");
  await page.getByRole("menuitem", { name: "Switch workspace" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Switch workspace" });
  await expect(dialog.getByRole("button", { name: /Northquay/ })).toHaveAttribute("aria-current", "true");
  expect(await violationsInBothThemes(page)).toEqual([]);
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/auth/switch"));
  await dialog.getByRole("button", { name: /Harbour Labs/ }).press("Enter");
  expect((await sent).postDataJSON()).toEqual({ workspace: "ws_2", refresh_token: "test" });
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
});

test("a user sees where they are signed in and signs one device out", async ({ page }) => {
  await openApp(page, "/settings/profile", { override: { "DELETE /api/auth/sessions/session_2": {} } });
  const sessions = page.getByRole("region", { name: "Sessions" });
  await expect(sessions.getByText("This device")).toBeVisible();
  const sent = page.waitForRequest((request) => request.method() === "DELETE");
  await sessions.getByRole("button", { name: "Sign out Chrome on Android" }).click();
  expect((await sent).url()).toContain("/api/auth/sessions/session_2");
  await expect(page.getByText("The device is signed out within a minute")).toBeVisible();
});

test("a session that was ended elsewhere says why at the door", async ({ page }) => {
  await openApp(page, "/leads", {});
  await page.route("**/api/**", (route) => {
    const refresh = route.request().url().endsWith("/api/auth/refresh");
    const code = refresh ? "credentials_changed" : "token_expired";
    const detail = refresh
      ? "Your password was changed, or your other sessions were ended. Sign in again."
      : "Expired.";
    return route.fulfill({
      status: 401,
      json: { type: "about:blank", title: "Unauthorized", status: 401, code, detail },
    });
  });
  // The next request of any kind leads to the sign-in page: here by key, because the pointer would prefetch a page
  // before the press.
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText("Your password was changed, or your other sessions were ended.")).toBeVisible();
});

test("an admin invites, hands the link over, and gives a colleague a link for a new password", async ({ page }) => {
  const offered = { ...OFFER, id: "invitation_2", invited_by: "user_1", created_at: OFFER.expires_at };
  await openApp(page, "/settings/team", {
    override: {
      "POST /api/team": {
        ...offered,
        link: "https://app.invalid/invitation#token=made",
        mailed: false,
        not_mailed_because: "no_sender",
      },
      "POST /api/team/user_2/reset-link": {
        link: "https://app.invalid/reset#token=made",
        expires_at: OFFER.expires_at,
      },
    },
  });
  await page.getByRole("button", { name: "Invite a person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Ben");
  await dialog.getByLabel("E-mail").fill("ben@northquay.example");
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(
    page.getByText("No e-mail was sent: this installation has no sender of its own for such mail."),
  ).toBeVisible();
  await expect(page.getByRole("dialog").getByLabel("Link")).toHaveValue("https://app.invalid/invitation#token=made");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "New password for Tom Asher" }).click();
  await expect(page.getByRole("dialog").getByLabel("Link")).toHaveValue("https://app.invalid/reset#token=made");
});

test("a changed password goes on with the tokens of the answer", async ({ page }) => {
  await openApp(page, "/settings/profile", {
    override: { "POST /api/auth/password": { ...SESSION, refresh_token: "next" } },
  });
  await page.getByLabel("Current password").fill("the old password");
  await page.getByLabel("New password").fill("the new password");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Password changed. You are signed out everywhere else.")).toBeVisible();
  expect(await page.evaluate(() => localStorage.getItem("leadflow.refresh"))).toBe("next");
});
